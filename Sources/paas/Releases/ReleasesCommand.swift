import APIClient
import APISchema
import Console

extension Command {
    static let releases = Command(
        "releases", abstract: "display the releases for an app",
        flags: [.app, .remote, .number, .json], examples: ["paas releases", "paas releases -n 50"]
    ) { invocation in
        let terminal = invocation.terminal
        let count = try invocation.positiveNumber(.number) ?? 15
        let (platform, app) = try await invocation.target()
        if invocation.has(.json) {
            let range = PlatformClient.newest(count)
            return terminal.json(try await platform.document(["apps", app.id, "releases"], range: range))
        }
        let releases = try await platform.releases(of: app.id, newest: count)
        guard !releases.isEmpty else { return terminal.print("\(app.name) has no releases.") }
        let current = releases.first(where: \.current).map { " - Current: v\($0.version)" } ?? ""
        terminal.header("\(terminal.appName(app.name, on: terminal.output)) Releases\(current)")
        var table = Table(["v", "description", "user", "created_at"])
        for release in releases {
            let description = release.description + statusText(release, terminal.output)
            table.add(["v\(release.version)", description, release.user.email, TimeText.ago(release.createdAt)])
        }
        terminal.table(table)
    }

    /// What is said of a release that did not simply succeed.
    static func statusText(_ release: ReleaseResource, _ stream: Stream) -> String {
        switch release.status {
        case "pending": " " + stream.styled("release command executing", .yellow)
        case "failed" where release.outputStreamURL != nil: " " + stream.styled("release command failed", .red)
        case "failed": " " + stream.styled("release failed", .red)
        case "expired": " " + stream.styled("release expired", .grey)
        default: ""
        }
    }
}

extension Flag {
    static let number = Flag("num", short: "n", placeholder: "num", help: "number of releases to show")
}

extension Invocation {
    /// - Throws: ``Failure`` unless the flag's value is a positive number; `nil` when it was not given.
    func positiveNumber(_ flag: Flag) throws(Failure) -> Int? {
        guard let text = self[flag] else { return nil }
        guard let number = Int(text), number > 0 else {
            throw .usage("Parsing --\(flag.name) \n\tExpected an integer above 0 but received: \(text)")
        }
        return number
    }

    /// A release's number as typed: `v7`, `V7` or `7`.
    func releaseNumber() throws(Failure) -> String? {
        guard let text = operands.first else { return nil }
        let digits = text.first == "v" || text.first == "V" ? String(text.dropFirst()) : text
        guard let number = Int(digits), number > 0 else {
            throw Failure("\(text) is no release: releases are v1, v2, …")
        }
        return String(number)
    }
}
