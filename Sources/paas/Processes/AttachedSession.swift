import APIClient
import Console
import Posix
import Synchronization

/// Joins this terminal, or these pipes, to a dyno's command until that ends.
///
/// When the daemon dies in between, the session finds the next one and goes on where it was.
struct AttachedSession: Sendable {
    /// Finds the dyno again, from so many bytes of its output on; `nil` when there is nothing to go back to.
    typealias Rejoin = @Sendable (_ position: UInt64) async throws -> DynoAttachment?

    /// What ends a session whose dyno went on without it: nobody knows its exit status. Source: sysexits.h,
    /// EX_TEMPFAIL.
    static let lostExitCode: Int32 = 75

    private let state: SessionState
    private let isTerminal: Bool
    private let rejoin: Rejoin?

    init(_ attachment: DynoAttachment, isTerminal: Bool, rejoin: Rejoin? = nil) {
        state = SessionState(attachment)
        self.isTerminal = isTerminal
        self.rejoin = rejoin
    }

    /// - Returns: the command's exit code; `nil` when the platform hung up first.
    func run() async throws -> Int32? {
        let signals = try SessionSignals(isTerminal: isTerminal)
        if isTerminal { try TerminalDevice.makeRaw(0) }
        defer { if isTerminal { TerminalDevice.restore() } }
        // A read of a terminal or a file cannot be called off, so these end with the program.
        let input = Task { await sendInput() }
        let window = isTerminal ? Task { try await followWindow(signals) } : nil
        let endings = signals.watchEndings()
        defer {
            for task in endings { task.cancel() }
            input.cancel()
            window?.cancel()
            state.attachment.close()
        }
        while true {
            if let code = await showOutput() { return code }
            guard let next = try await next() else { return nil }
            try await goOn(next)
        }
    }

    /// Until the command ends, or the line does.
    private func showOutput() async -> Int32? {
        let attachment = state.attachment
        // A line that breaks is as good as one that is closed.
        while let event = try? await attachment.next() {
            switch event {
            case .output(let bytes):
                Terminal.standard.output.write(bytes)
                state.received(bytes.count)
            case .exited(let code): return code
            }
        }
        return nil
    }

    // MARK: Going on after a break

    private func next() async throws -> DynoAttachment? {
        // What was on its way into a pipe may have got lost, and nothing must be missing there unnoticed.
        guard let rejoin, state.mayGoOn(isTerminal: isTerminal) else { return nil }
        return try await rejoin(state.position)
    }

    private func goOn(_ attachment: DynoAttachment) async throws {
        state.goOn(attachment)
        // It breaks again: the caller sees it when it reads.
        if isTerminal { try? await sendSize() }
        if state.hasEndedInput { try? await attachment.endInput() }
    }

    // MARK: Input

    private func sendInput() async {
        let pool = BlockingPool(limit: 1)
        var breaks: [ContinuousClock.Instant] = []
        while true {
            let bytes = (try? await pool.run { try StandardStream.read(0, atMost: 32_768) }) ?? []
            // What cannot be read (a folder, a terminal that went) ends too; a program that waits for it must learn so.
            guard !bytes.isEmpty else {
                state.endInput()
                return (try? await state.attachment.endInput()) ?? ()
            }
            state.sendsInput()
            // While there is no line, what is typed is lost, as on any connection that hangs.
            try? await state.attachment.send(input: bytes)
            // A program that swallows Ctrl-C must not hold the person: four within a second let go.
            guard isTerminal, bytes.contains(3) else { continue }
            let now = ContinuousClock.now
            breaks = breaks.filter { now - $0 < .seconds(1) } + [now]
            guard breaks.count < 4 else {
                Terminal.standard.errors.write("forcing dyno disconnect\r\n")
                return state.leave()
            }
        }
    }

    private func followWindow(_ signals: SessionSignals) async throws {
        while true {
            try? await sendSize()
            try await signals.windowChange()
        }
    }

    private func sendSize() async throws {
        guard let size = TerminalDevice.size(of: 1) else { return }
        try await state.attachment.resize(rows: size.rows, columns: size.columns)
    }
}

/// What a session knows of itself, for its tasks.
private final class SessionState: Sendable {
    private struct Facts {
        var attachment: DynoAttachment
        var position: UInt64 = 0
        var hasSentInput = false
        var hasEndedInput = false
        var isLeft = false
        /// Breaks since the last output.
        var breaks = 0
    }
    private let facts: Mutex<Facts>

    init(_ attachment: DynoAttachment) { facts = Mutex(Facts(attachment: attachment)) }

    var attachment: DynoAttachment { facts.withLock { $0.attachment } }
    /// How many bytes of output have come.
    var position: UInt64 { facts.withLock { $0.position } }
    var hasEndedInput: Bool { facts.withLock { $0.hasEndedInput } }

    func received(_ count: Int) {
        facts.withLock {
            $0.position += UInt64(count)
            $0.breaks = 0
        }
    }

    func sendsInput() { facts.withLock { $0.hasSentInput = true } }
    func endInput() { facts.withLock { $0.hasEndedInput = true } }

    func leave() {
        let attachment = facts.withLock { facts in
            facts.isLeft = true
            return facts.attachment
        }
        attachment.close()
    }

    func mayGoOn(isTerminal: Bool) -> Bool {
        facts.withLock { facts in
            facts.breaks += 1
            return !facts.isLeft && facts.breaks <= 3 && (isTerminal || !facts.hasSentInput)
        }
    }

    func goOn(_ attachment: DynoAttachment) { facts.withLock { $0.attachment = attachment } }
}
