import APIClient
import APISchema
import Console

extension Command {
    static let releasesInfo = Command(
        "releases:info", abstract: "view detailed information for a release", flags: [.app, .remote, .json, .shell],
        operands: [.optional("RELEASE", "ID of the release. If omitted, we use the last release ID.")],
        examples: ["paas releases:info v10"]
    ) { invocation in
        let terminal = invocation.terminal
        let typed = try invocation.releaseNumber()
        let (platform, app) = try await invocation.target()
        let release = try await Self.release(typed, platform, app)
        let version = String(release.version)
        if invocation.has(.json) {
            return terminal.json(try await platform.document(["apps", app.id, "releases", version]))
        }
        let vars = try await platform.configVars(ofRelease: version, of: app.id).sorted { $0.key < $1.key }
        terminal.header("Release v\(version)")
        let status = statusText(release, terminal.output)
        terminal.object([
            ("Add-ons", release.addonPlanNames), ("By", [release.user.email]),
            ("Change", [release.description + (status.isEmpty ? "" : " (\(status.dropFirst()))")]),
            ("Eligible for Rollback?", [release.eligibleForRollback ? "Yes" : "No"]),
            ("When", [TimeText.ago(release.createdAt)]),
        ])
        terminal.print()
        terminal.header("v\(version) Config vars")
        if invocation.has(.shell) {
            for (key, value) in vars { terminal.print("\(key)=\(ShellQuoting.quoted(value))") }
        } else {
            terminal.object(vars.map { ($0.key, [$0.value]) })
        }
    }
}
