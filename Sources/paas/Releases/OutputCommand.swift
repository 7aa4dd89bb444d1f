import APIClient
import APISchema
import Console

extension Command {
    static let releasesOutput = Command(
        "releases:output", abstract: "View the release command output", flags: [.app, .remote],
        operands: [.optional("RELEASE", "ID of the release. If omitted, we use the last release ID.")],
        examples: ["paas releases:output v10"]
    ) { invocation in
        let typed = try invocation.releaseNumber()
        let (platform, app) = try await invocation.target()
        let release = try await Self.release(typed, platform, app)
        guard let url = release.outputStreamURL else {
            return invocation.terminal.warn("Release v\(release.version) has no release output available.")
        }
        for try await part in try await platform.stream(url) { invocation.terminal.output.write(part) }
    }
}
