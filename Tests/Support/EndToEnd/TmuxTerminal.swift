/// A terminal as people have them: a shell in tmux, whose keys a test presses and whose screen it reads.
package struct TmuxTerminal: Sendable {
    private let platform: TestPlatform
    private let socket: String

    package struct NeverShown: Error, CustomStringConvertible { package let description: String }

    /// Lends a terminal with a shell in `folder`, and takes it away.
    package static func with(
        _ platform: TestPlatform, in folder: String, rows: Int = 30, columns: Int = 100,
        _ body: (TmuxTerminal) async throws -> Void
    ) async throws {
        let terminal = TmuxTerminal(platform: platform, socket: "\(platform.root)/tmux")
        let size = ["-x", "\(columns)", "-y", "\(rows)"]
        try await terminal.tmux(
            ["-f", "/dev/null", "new-session", "-d"] + size + ["-c", folder, "PS1='typed: ' bash --norc --noprofile"]
        ).orThrow()
        do {
            try await body(terminal)
        } catch {
            let screen = try? await terminal.screen()
            _ = try? await terminal.tmux(["kill-server"])  // The first failure is the one to tell.
            throw NeverShown(description: "\(error)\nthe screen:\n\(screen ?? "")")
        }
        try await terminal.tmux(["kill-server"]).orThrow()
    }

    /// Presses keys: text as it is, and tmux's names for others (`Enter`, `C-c`, `Escape`).
    package func press(_ keys: String...) async throws { try await tmux(["send-keys"] + keys).orThrow() }

    /// Types a line and presses Enter.
    package func type(_ line: String) async throws {
        try await tmux(["send-keys", "-l", line]).orThrow()
        try await press("Enter")
    }

    package func resize(rows: Int, columns: Int) async throws {
        try await tmux(["resize-window", "-x", "\(columns)", "-y", "\(rows)"]).orThrow()
    }

    /// Waits until the screen, line by line, matches; nothing announces what a program draws.
    @discardableResult
    package func shows(_ isThere: (String) -> Bool, _ what: String) async throws -> String {
        for _ in 0..<1200 {
            let screen = try await screen()
            if isThere(screen) { return screen }
            try await Task.sleep(for: .milliseconds(25))
        }
        throw NeverShown(description: "never shown: \(what)")
    }

    /// Waits until a line of the screen is exactly `line`, blanks at its end aside.
    @discardableResult
    package func shows(line: String) async throws -> String {
        try await shows({ $0.split(separator: "\n").contains { $0 == line } }, "the line \"\(line)\"")
    }

    @discardableResult
    package func shows(_ mark: String) async throws -> String { try await shows({ $0.contains(mark) }, mark) }

    /// What is on the screen now.
    package func screen() async throws -> String { try await tmux(["capture-pane", "-p"]).orThrow().output }

    /// The screen with its colours as escape sequences.
    package func colours() async throws -> String { try await tmux(["capture-pane", "-p", "-e"]).orThrow().output }

    private func tmux(_ words: [String]) async throws -> Outcome {
        var command = platform.command(["tmux", "-S", socket] + words)
        command.environment["TERM"] = "xterm-256color"
        return try await command.run()
    }
}
