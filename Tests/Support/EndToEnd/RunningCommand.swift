import Posix
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A command that goes on while the test does something else.
package final class RunningCommand: Sendable {
    package struct EndedEarly: Error, CustomStringConvertible {
        package let description: String
    }

    private let pid: Int32
    private let command: String
    private let output: Descriptor
    private let heard = Mutex("")

    init(pid: Int32, command: String, output: consuming Descriptor) {
        self.pid = pid
        self.command = command
        self.output = output
    }

    /// What it has said so far, on either stream, as far as somebody waited for it.
    package var text: String { heard.withLock { $0 } }

    /// Reads on until it has said `mark`.
    /// - Throws: ``EndedEarly`` when it ends without having said so.
    @discardableResult
    package func says(_ mark: String) async throws -> String {
        try await Command.pool.run { [self] in
            while !text.contains(mark) {
                guard try hearMore() else {
                    throw EndedEarly(description: "`\(command)` never said \"\(mark)\", only:\n\(text)")
                }
            }
            return text
        }
    }

    /// Waits until it has ended, and gives back what it said.
    package func ends() async throws -> Outcome {
        try await Command.pool.run { [self] in
            while try hearMore() {}
            return Outcome(command: command, end: try Subprocess.wait(pid), output: text, errors: "")
        }
    }

    /// Sends a signal to the command and what it started, as a terminal's Ctrl-C does.
    package func signal(_ number: Int32) { kill(-pid, number) }

    private func hearMore() throws -> Bool {
        let part = try output.read(atMost: 65_536)
        heard.withLock { $0 += String(decoding: part, as: UTF8.self) }
        return !part.isEmpty
    }
}
