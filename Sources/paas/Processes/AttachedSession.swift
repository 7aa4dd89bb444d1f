import APIClient
import Console
import Posix

/// Joins this terminal, or these pipes, to a one-off dyno until it ends.
struct AttachedSession: Sendable {
    private let attachment: DynoAttachment
    private let isTerminal: Bool

    /// SIGWINCH: the window has another size. Source: signal(7).
    private static let windowChanged: Int32 = 28

    init(_ attachment: DynoAttachment, isTerminal: Bool) {
        self.attachment = attachment
        self.isTerminal = isTerminal
    }

    /// - Returns: the dyno's exit code; `nil` when the platform hung up first.
    func run() async throws -> Int32? {
        if isTerminal { try TerminalDevice.makeRaw(0) }
        defer { if isTerminal { TerminalDevice.restore() } }
        // A read of a terminal or a file cannot be called off, so these two end with the program.
        let input = Task { try await sendInput() }
        let window = isTerminal ? Task { try await followWindow() } : nil
        defer {
            input.cancel()
            window?.cancel()
            attachment.close()
        }
        return try await showOutput()
    }

    private func showOutput() async throws -> Int32? {
        while let event = try await attachment.next() {
            switch event {
            case .output(let bytes): Terminal.standard.output.write(bytes)
            case .exited(let code): return code
            }
        }
        return nil
    }

    private func sendInput() async throws {
        let pool = BlockingPool(limit: 1)
        var breaks: [ContinuousClock.Instant] = []
        while true {
            let bytes = (try? await pool.run { try StandardStream.read(0, atMost: 32_768) }) ?? []
            // What cannot be read (a folder, a terminal that went) ends too; a program that waits for it must learn so.
            guard !bytes.isEmpty else { return try await attachment.endInput() }
            try await attachment.send(input: bytes)
            // A program that swallows Ctrl-C must not hold the person: four within a second let go.
            guard isTerminal, bytes.contains(3) else { continue }
            let now = ContinuousClock.now
            breaks = breaks.filter { now - $0 < .seconds(1) } + [now]
            guard breaks.count < 4 else {
                Terminal.standard.errors.write("forcing dyno disconnect\r\n")
                return attachment.close()
            }
        }
    }

    private func followWindow() async throws {
        let changes = try SignalEvents(Self.windowChanged, reactor: try Reactor())
        while true {
            if let size = TerminalDevice.size(of: 1) {
                try await attachment.resize(rows: size.rows, columns: size.columns)
            }
            try await changes.next()
        }
    }
}
