import APIClient
import APISchema
import Console

extension Command {
    static let releasesRollback = Command(
        "releases:rollback", aliases: ["rollback"], abstract: "roll back to a previous release",
        discussion: "If RELEASE is not specified, it will roll back one release.", flags: [.app, .remote],
        operands: [.optional("RELEASE", "ID of the release. If omitted, we use the last eligible release.")],
        examples: ["paas rollback", "paas rollback v7"]
    ) { invocation in
        let terminal = invocation.terminal
        let typed = try invocation.releaseNumber()
        let (platform, app) = try await invocation.target()
        let target = try await rollbackTarget(typed, platform, app)
        let name = terminal.appName(app.name)
        let version = terminal.errors.styled("v\(target.version)", .green)
        let release = try await terminal.action("Rolling back \(name) to \(version)") { status in
            let release = try await platform.rollBack(app.id, to: target.id)
            status.finish("done, v\(release.version)")
            return release
        }
        terminal.warn("Rollback affects code and config vars; it doesn't add or remove addons.")
        terminal.warn("To undo, run: paas rollback v\(release.version - 1)")
        if let url = release.outputStreamURL {
            terminal.print("Running release command...")
            for try await part in try await platform.stream(url) { terminal.output.write(part) }
        }
    }

    private static func rollbackTarget(
        _ number: String?, _ platform: PlatformClient, _ app: AppResource
    ) async throws -> ReleaseResource {
        if let number { return try await platform.release(number, of: app.id) }
        let eligible = try await platform.releases(of: app.id, newest: 10).filter(\.eligibleForRollback)
        guard eligible.count > 1 else { throw Failure("No eligible release found for \(app.name) to roll back to.") }
        return eligible[1]
    }
}
