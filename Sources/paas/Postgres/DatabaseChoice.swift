import APIClient
import APISchema
import Console
import Posix

/// A database as a command means it: an add-on of Heroku Postgres, attached somewhere.
struct DatabaseChoice {
    let platform: PlatformClient
    let app: AppResource
    let attachment: AddonAttachmentResource
    /// `postgres://…`
    let url: DatabaseURL

    var addon: String { attachment.addon.name }

    /// - Parameter text: `DATABASE_URL`, `HEROKU_POSTGRESQL_RED`, `RED`, an add-on's name, or `APP::ATTACHMENT`.
    init(_ text: String?, _ invocation: Invocation) async throws {
        let (platform, app) = try await invocation.target()
        let wanted = text ?? "DATABASE_URL"
        let found: [AddonAttachmentResource]
        do {
            found = try await platform.resolveAttachments(wanted, app: app.name, service: "heroku-postgresql")
        } catch let failure as APIFailure where failure.status == 404 {
            throw Self.missing(text, app, try await platform.attachments(of: app.id))
        }
        // A name may be attached several times; each leads to the same database.
        guard let first = found.first, found.allSatisfy({ $0.addon.id == first.addon.id }) else {
            throw Failure(
                "Unknown database: \(wanted). Valid options are: \(found.map(\.name).joined(separator: ", "))")
        }
        let config = try await platform.configVars(of: first.app.id)
        guard let key = first.configVars.first, let value = config[key], let url = DatabaseURL(value) else {
            throw Failure("\(first.addon.name) has no address yet.", mend: ["paas pg:wait"])
        }
        self.platform = platform
        self.app = app
        attachment = first
        self.url = url
    }

    private static func missing(
        _ text: String?, _ app: AppResource, _ attachments: [AddonAttachmentResource]
    ) -> Failure {
        let there = attachments.filter { $0.addon.plan.name.hasPrefix("heroku-postgresql:") }.map { "\($0.name)_URL" }
        guard !there.isEmpty else {
            return Failure(
                "\(app.name) has no databases", mend: ["paas addons:create heroku-postgresql -a \(app.name)"])
        }
        return Failure(
            "Unknown database: \(text ?? "DATABASE_URL"). Valid options are: \(there.joined(separator: ", "))")
    }
}

/// `postgres://USER:PASSWORD@HOST:PORT/NAME` in its parts.
struct DatabaseURL {
    let text: String
    let user: String
    let password: String
    let host: String
    let port: String
    let name: String

    init?(_ text: String) {
        guard let scheme = text.firstRange(of: "://"),
            ["postgres", "postgresql"].contains(String(text[..<scheme.lowerBound]))
        else { return nil }
        let rest = text[scheme.upperBound...]
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        let authority = rest[..<slash]
        let at = authority.lastIndex(of: "@")
        let person = at.map { authority[..<$0] } ?? ""
        let place = at.map { authority[authority.index(after: $0)...] } ?? authority
        let colon = person.firstIndex(of: ":") ?? person.endIndex
        let halves = place.split(separator: ":", maxSplits: 1)
        self.text = text
        user = String(person[..<colon])
        password = colon < person.endIndex ? String(person[person.index(after: colon)...]) : ""
        host = halves.first.map(String.init) ?? ""
        port = halves.count == 2 ? String(halves[1]) : "5432"
        let path = slash < rest.endIndex ? rest[rest.index(after: slash)...] : ""
        name = String(path.prefix { $0 != "?" })
    }

    /// What libpq's programs read; `sslmode` stays the person's own where that is set.
    var environment: [String: String] {
        var environment = Environment.all
        environment["PGHOST"] = host
        environment["PGPORT"] = port
        environment["PGUSER"] = user
        environment["PGPASSWORD"] = password
        environment["PGDATABASE"] = name
        if environment["PGSSLMODE"] == nil { environment["PGSSLMODE"] = host == "localhost" ? "prefer" : "require" }
        return environment
    }
}

/// PostgreSQL's own client programs.
enum PostgresProgram {
    static func path(of name: String) throws(Failure) -> String {
        if let path = MachineProgram.path(of: name) { return path }
        let versions = (try? FileTree.names(in: "/usr/lib/postgresql")) ?? []
        for version in versions.compactMap({ Int($0) }).sorted(by: >) {
            let path = "/usr/lib/postgresql/\(version)/bin/\(name)"
            if FileTree.exists(path) { return path }
        }
        throw Failure(
            "The local \(name) command could not be located. For help installing \(name), see "
                + "https://devcenter.heroku.com/articles/heroku-postgresql#local-setup",
            mend: ["sudo apt-get install postgresql-client", "brew install libpq"])
    }
}
