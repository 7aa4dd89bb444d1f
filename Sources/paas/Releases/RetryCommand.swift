import APIClient
import APISchema
import Console

extension Command {
    static let releasesRetry = Command(
        "releases:retry", abstract: "run a release again", flags: [.app, .remote],
        operands: [.optional("RELEASE", "ID of the release. If omitted, we use the last release ID.")],
        examples: ["paas releases:retry", "paas releases:retry v10"]
    ) { invocation in
        let terminal = invocation.terminal
        let typed = try invocation.releaseNumber()
        let (platform, app) = try await invocation.target()
        let release = try await Self.release(typed, platform, app)
        terminal.errors.write("Retrying v\(release.version) on \(terminal.appName(app.name))...")
        var isLineOpen = true
        for try await event in try await platform.retry(String(release.version), of: app.id) {
            switch event {
            case .output(let text):
                if isLineOpen { terminal.errors.write("\n") }
                isLineOpen = false
                terminal.output.write(text)
            case .result(.accepted):
                let newest = try await platform.releases(of: app.id, newest: 1).first
                let done = newest.map { "done, v\($0.version)" } ?? "done"
                terminal.note(isLineOpen ? " \(done)" : "Retrying v\(release.version) on \(app.name)... \(done)")
                return
            case .result(.refused):
                if isLineOpen { terminal.note(" !") }
                throw Failure("The retry of v\(release.version) failed; what served before still serves.")
            }
        }
        if isLineOpen { terminal.note(" !") }
        throw Failure("The platform stopped during the retry.", mend: ["paas releases", "paas releases:retry"])
    }
}
