import APISchema

/// What the fake platform answers.
enum Answers {
    static let time = "2020-01-02T03:04:05Z"
    private static let person = AccountReference(id: "u1", email: "me@localhost")
    private static let named = NamedReference(id: "a1", name: "example")

    static func app(
        _ name: String = "example", id: String = "a1", home: String = "/home", acm: Bool = false
    ) -> AppResource {
        AppResource(
            acm: acm, buildStack: NamedReference(id: "s1", name: "heroku-24"), createdAt: time,
            generation: NamedReference(id: "g1", name: "cedar"), gitURL: "\(home)/git/\(id).git", id: id,
            maintenance: false, name: name, owner: person, region: NamedReference(id: "r1", name: "us"),
            repoSize: 12_288,
            slugSize: 59_768_832, stack: NamedReference(id: "s1", name: "heroku-24"), updatedAt: time,
            webURL: "http://\(name).localhost:8080/")
    }

    static func release(
        _ version: Int, _ description: String, status: String = "succeeded", current: Bool = false,
        output: String? = nil, eligible: Bool = true
    ) -> ReleaseResource {
        ReleaseResource(
            app: named, createdAt: time, description: description, id: "r\(version)", updatedAt: time, status: status,
            user: person, version: version, current: current, outputStreamURL: output, eligibleForRollback: eligible)
    }

    static func dyno(
        _ name: String, _ command: String, state: String = "up", reason: String? = nil
    ) -> DynoResource {
        DynoResource(
            command: command, createdAt: time, id: "d-\(name)", name: name,
            release: ReleaseReference(id: "r1", version: 1), app: named, size: "Basic", state: state,
            type: String(name.prefix { $0 != "." }), updatedAt: time, reason: reason)
    }

    static func formation(_ type: String, _ quantity: Int, size: String = "Basic") -> FormationResource {
        FormationResource(
            app: named, command: "run \(type)", createdAt: time, dynoSize: NamedReference(id: "z1", name: size),
            id: "f-\(type)", quantity: quantity, size: size, type: type, updatedAt: time)
    }

    static func feature(_ name: String, _ enabled: Bool) -> AppFeatureResource {
        AppFeatureResource(
            createdAt: time, description: "What \(name) does", docURL: "", enabled: enabled, id: "x-\(name)",
            name: name,
            state: "general", updatedAt: time, displayName: name, feedbackEmail: "")
    }

    static func buildpacks(_ names: String...) -> [BuildpackInstallationResource] {
        names.enumerated().map { index, name in
            BuildpackInstallationResource(
                ordinal: index, buildpack: BuildpackReference(url: "urn:buildpack:\(name)", name: name))
        }
    }
}

extension FakePlatform.Reply {
    static func value(_ value: some Encodable, status: Int = 200) throws -> Self {
        .json(String(decoding: try WireJSON.encode(value), as: UTF8.self), status: status)
    }
}
