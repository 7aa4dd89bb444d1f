import APIClient
import APISchema
import Console

extension Flag {
    static let index = Flag(
        "index", short: "i", placeholder: "index", help: "the 1-based index of the URL in the list of URLs")
}

extension Command {
    static let buildpacksSet = Command(
        "buildpacks:set", abstract: "sets new app buildpack, overwriting into list of buildpacks if necessary",
        flags: [.app, .remote, .index], operands: [.required("BUILDPACK", "namespace/name of the buildpack")],
        examples: ["paas buildpacks:set -i 1 heroku/python"]
    ) { invocation in
        let index = try invocation.index()
        let (platform, app) = try await invocation.target()
        var list = BuildpackList(try await platform.buildpacks(of: app.id))
        try list.set(invocation.operands[0], at: index)
        let saved = try await save(list, app, platform)
        report("set", saved, app, invocation)
    }

    static let buildpacksAdd = Command(
        "buildpacks:add", abstract: "add new app buildpack, inserting into list of buildpacks if necessary",
        flags: [.app, .remote, .index], operands: [.required("BUILDPACK", "namespace/name of the buildpack")],
        examples: ["paas buildpacks:add -i 1 heroku/nodejs"]
    ) { invocation in
        let index = try invocation.index()
        let (platform, app) = try await invocation.target()
        var list = BuildpackList(try await platform.buildpacks(of: app.id))
        try list.add(invocation.operands[0], at: index)
        let saved = try await save(list, app, platform)
        report("added", saved, app, invocation)
    }

    static let buildpacksRemove = Command(
        "buildpacks:remove", abstract: "remove a buildpack set on the app", flags: [.app, .remote, .index],
        operands: [.optional("BUILDPACK", "namespace/name of the buildpack")],
        examples: ["paas buildpacks:remove heroku/python"]
    ) { invocation in
        let index = try invocation.index()
        let name = invocation.operands.first
        if name != nil, index != nil { throw Failure("Please choose either index or Buildpack, but not both.") }
        if name == nil, index == nil {
            throw Failure(
                "Usage: paas buildpacks:remove [BUILDPACK_URL]. Must specify a buildpack to remove, either by index or URL.",
                exitCode: 2)
        }
        let (platform, app) = try await invocation.target()
        var list = BuildpackList(try await platform.buildpacks(of: app.id))
        try list.remove(name, at: index, app: app.name)
        let saved = try await save(list, app, platform)
        report("removed", saved, app, invocation)
    }

    static let buildpacksClear = Command(
        "buildpacks:clear", abstract: "clear all buildpacks set on the app", flags: [.app, .remote],
        examples: ["paas buildpacks:clear"]
    ) { invocation in
        let terminal = invocation.terminal
        let (platform, app) = try await invocation.target()
        _ = try await save(BuildpackList(names: []), app, platform)
        let vars = try await platform.configVars(of: app.id)
        guard let leftover = ["BUILDPACK_URL", "LANGUAGE_PACK_URL"].first(where: { vars[$0] != nil }) else {
            return terminal.print(
                "Buildpacks cleared. Next release on \(terminal.appName(app.name, on: terminal.output)) will detect buildpacks normally."
            )
        }
        terminal.print("Buildpacks cleared.")
        terminal.warn("The \(leftover) config var is still set and will be used for the next release")
    }

    private static func save(
        _ list: BuildpackList, _ app: AppResource, _ platform: PlatformClient
    ) async throws -> BuildpackList {
        BuildpackList(try await platform.setBuildpacks(of: app.id, list.names))
    }

    /// `Buildpack set. Next release on NAME will use …`, and the push that makes it so.
    private static func report(_ verb: String, _ list: BuildpackList, _ app: AppResource, _ invocation: Invocation) {
        let terminal = invocation.terminal
        let name = terminal.appName(app.name, on: terminal.output)
        guard let first = list.names.first else {
            return terminal.print("Buildpack \(verb). Next release on \(name) will detect buildpacks normally.")
        }
        let push = "git push \(invocation[.remote] ?? "paas") main"
        if list.names.count == 1 {
            terminal.print("Buildpack \(verb). Next release on \(name) will use \(first).")
            terminal.print("Run \(push) to create a new release using this buildpack.")
        } else {
            terminal.print("Buildpack \(verb). Next release on \(name) will use:")
            for line in list.lines { terminal.print("  \(line)") }
            terminal.print("Run \(push) to create a new release using these buildpacks.")
        }
    }
}

extension Invocation {
    fileprivate func index() throws(Failure) -> Int? {
        guard let text = self[.index] else { return nil }
        guard let index = Int(text) else {
            throw .usage("Parsing --index \n\tExpected an integer but received: \(text)")
        }
        guard index > 0 else { throw Failure("Invalid index. Must be greater than 0.") }
        return index
    }
}
