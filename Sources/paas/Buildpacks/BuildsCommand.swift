import APIClient
import APISchema
import Console

extension Command {
    static let builds = Command(
        "builds", abstract: "list builds for an app",
        flags: [.app, .remote, .json, Flag("num", short: "n", placeholder: "num", help: "number of builds to show")],
        examples: ["paas builds"]
    ) { invocation in
        let terminal = invocation.terminal
        let count = try invocation.positiveNumber(.number) ?? 15
        let (platform, app) = try await invocation.target()
        if invocation.has(.json) { return terminal.json(try await platform.document(["apps", app.id, "builds"])) }
        let builds = try await platform.builds(of: app.id).sorted { $0.createdAt > $1.createdAt }.prefix(count)
        guard !builds.isEmpty else { return terminal.print("\(app.name) has no builds.") }
        terminal.header("\(terminal.appName(app.name, on: terminal.output)) Builds")
        var table = Table(["ID", "Source Version", "Created At", "Duration", "Status", "User"])
        for build in builds {
            table.add([
                build.id, build.sourceBlob.version ?? "", TimeText.ago(build.createdAt),
                TimeText.duration(from: build.createdAt, to: build.updatedAt), build.status, build.user.email,
            ])
        }
        terminal.table(table)
    }

    static let buildsInfo = Command(
        "builds:info", abstract: "view detailed information for a build", flags: [.app, .remote, .json],
        operands: [.optional("BUILD", "ID of the build. If omitted, we use the last build.")],
        examples: ["paas builds:info"]
    ) { invocation in
        let terminal = invocation.terminal
        let (platform, app) = try await invocation.target()
        let build = try await Self.build(invocation.operands.first, platform, app)
        if invocation.has(.json) {
            return terminal.json(try await platform.document(["apps", app.id, "builds", build.id]))
        }
        terminal.header("Build \(build.id)")
        terminal.object([
            ("By", [build.user.email]), ("When", [TimeText.ago(build.createdAt)]), ("Status", [build.status]),
            ("Buildpacks", build.buildpacks?.map(\.name) ?? []), ("Release", build.release.map { [$0.id] } ?? []),
        ])
    }

    static let buildsOutput = Command(
        "builds:output", abstract: "show build output", flags: [.app, .remote],
        operands: [.optional("BUILD", "ID of the build. If omitted, we use the last build.")],
        examples: ["paas builds:output"]
    ) { invocation in
        let (platform, app) = try await invocation.target()
        let build = try await Self.build(invocation.operands.first, platform, app)
        for try await part in try await platform.stream(build.outputStreamURL) {
            invocation.terminal.output.write(part)
        }
    }

    static let buildsCachePurge = Command(
        "builds:cache:purge", abstract: "purge the build cache for an app", flags: [.app, .remote, .confirm],
        examples: ["paas builds:cache:purge --confirm my-app"]
    ) { invocation in
        let terminal = invocation.terminal
        let (platform, app) = try await invocation.target()
        try terminal.confirmDestruction(
            of: app.name, confirmation: invocation[.confirm],
            warning: """
                This will delete the build cache for \(app.name).
                Clearing your build cache can have unintended side effects, such as updating your language version if \
                you don't explicitly specify one.
                """)
        try await terminal.action("Purging build cache for \(terminal.appName(app.name))") { _ in
            try await platform.purgeBuildCache(of: app.id)
        }
    }
}
