import Console
import Posix

/// The line `Running bash on NAME... up, run.1234`, which a terminal shows anew for each phase. Source:
/// heroku-cli.md §6.1.
struct RunStatus {
    private let text: String
    private let terminal: Terminal
    private let rewrites: Bool

    init(_ text: String, _ terminal: Terminal) {
        self.text = text
        self.terminal = terminal
        rewrites = terminal.errors.isTerminal && Environment["TERM"] != "dumb"
    }

    func show(_ phase: String) {
        terminal.errors.write(rewrites ? "\r\u{1B}[2K\(text)... \(phase)" : "\(text)... \(phase)\n")
    }

    /// Ends the line.
    func end() { if rewrites { terminal.errors.write("\n") } }

    /// Ends the line with ` !` when `body` throws.
    func closing<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch {
            terminal.errors.write(rewrites ? " !\n" : "")
            throw error
        }
    }
}
