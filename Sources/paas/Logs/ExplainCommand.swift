import APIClient
import APISchema
import Console
import Posix

extension Command {
    static let explain = Command(
        "explain", abstract: "say what an error code of the logs means, and what to do about it",
        discussion:
            "Where an app is meant, by --app or by the folder that you stand in, the newest lines of its log with this "
            + "code are shown too.",
        flags: [.app, .remote], operands: [.optional("CODE", "H12, R14, L10, …; without it all of them are listed")],
        examples: ["paas explain H12", "paas explain R14 -a my-app"]
    ) { invocation in
        let terminal = invocation.terminal
        guard let word = invocation.operands.first else { return FaultGuide.list(on: terminal) }
        guard let guide = FaultGuide.find(word) else {
            terminal.errors.write(ErrorText.block("Error: There is no error code \(word).", .red, on: terminal.errors))
            terminal.note()
            terminal.errors.write(FaultGuide.table.text(on: terminal.errors))
            throw Failure.silent(exitCode: 1)
        }
        terminal.header("\(guide.code) \(guide.title)")
        terminal.print(guide.meaning)
        print("Usual causes", guide.causes, terminal)
        print("What to type", guide.steps, terminal)
        guard let (platform, app) = try await mentioned(invocation) else { return }
        let lines = try await met(guide, by: app, on: platform)
        terminal.print()
        guard !lines.isEmpty else {
            return terminal.print("The log of \(app.name) has no \(guide.code) among its last \(searchedLines) lines.")
        }
        terminal.print("Newest in the log of \(app.name):")
        for line in lines.suffix(5) {
            terminal.output.write(
                Array("    ".utf8) + (terminal.output.isTerminal ? ControlBytes.removed(from: line) : line) + [0x0A])
        }
    }

    /// How far back the log is searched.
    private static let searchedLines = 1500

    private static func print(_ heading: String, _ lines: [String], _ terminal: Terminal) {
        guard !lines.isEmpty else { return }
        terminal.print()
        terminal.print("\(heading):")
        for line in lines { terminal.print("    \(line)") }
    }

    /// The app that the words or the folder name; a code can be explained without one.
    private static func mentioned(_ invocation: Invocation) async throws -> (PlatformClient, AppResource)? {
        let isNamed = invocation[.app] != nil || invocation[.remote] != nil || Environment.nonEmpty("PAAS_APP") != nil
        if isNamed { return try await invocation.target() }
        // No app here, or git does not say: neither matters to somebody who asks for a code.
        guard let home = try? PlatformHome.current(), let remotes = try? GitRepository.remotes(),
            remotes.contains(where: { home.appID(ofRepository: $0.url) != nil })
        else { return nil }
        return try? await invocation.target()
    }

    private static func met(
        _ guide: FaultGuide, by app: AppResource, on platform: PlatformClient
    ) async throws -> [[UInt8]] {
        let session = try await platform.createLogSession(
            for: app.id, LogSessionCreate(lines: searchedLines, source: "heroku"))
        var found: [[UInt8]] = []
        for try await line in LineStream(try await platform.stream(session.logplexURL)) {
            let text = String(decoding: line, as: UTF8.self)
            let marks = [" code=\(guide.code) ", "Error \(guide.code) ", "Error \(guide.code):"]
            if marks.contains(where: { text.contains($0) }) { found.append(line) }
        }
        return found
    }
}
