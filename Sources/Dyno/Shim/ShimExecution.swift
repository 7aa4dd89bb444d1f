internal import Model
internal import Posix

/// The shim's ends of a command that runs beside the dyno's own. Its client's connection is its life line: when that
/// breaks, the command gets a SIGHUP, as from a terminal that goes away.
final class ShimExecution {
    let number: UInt32
    /// What the command reads; -1 until its terminal has come, and when nobody may write to it any more.
    var input: Descriptor
    /// What the command writes.
    var output: Descriptor
    var closesInput = false
    /// How much output was sent to the client.
    private var sent: UInt64 = 0
    /// How it ended, once the dyno's first process has said so.
    var ending: Ending?
    /// When not to wait for more output any longer: a child of the command may hold its streams.
    var drainUntil: UInt64?
    /// Its client has been told how it ended.
    var hasFinished = false

    init(number: UInt32, input: consuming Descriptor, output: consuming Descriptor) {
        self.number = number
        self.input = input
        self.output = output
    }

    /// A client that does not read holds the command back.
    func isHeldBack(_ client: ShimClient) -> Bool { sent > (client.hasRead ?? 0) + 1_048_576 }

    /// Passes on what the command has written by now.
    func readOutput(for client: ShimClient) {
        for _ in 0..<16 where output.raw >= 0 {
            do {
                guard let bytes = try output.readIfReady(atMost: 65_536) else { return }
                guard !bytes.isEmpty else { return closeOutput() }
                sent += UInt64(bytes.count)
                client.tell(.executionOutput(bytes))
            } catch {
                // A terminal that nobody holds any more answers EIO instead of an end.
                return closeOutput()
            }
        }
    }

    func closeInput(of client: ShimClient) {
        input = Descriptor(owning: -1)
        // Nobody reads any more: who waits for room has waited long enough.
        client.took(client.input.count)
    }

    /// Children that hold its streams lose them, as when a terminal is closed.
    func finish() {
        hasFinished = true
        closeOutput()
        input = Descriptor(owning: -1)
    }

    private func closeOutput() { output = Descriptor(owning: -1) }
}
