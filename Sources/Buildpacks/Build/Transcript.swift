internal import Synchronization

/// The last lines a command printed, for whoever looks for the cause of a failure in them.
final class Transcript: Sendable {
    private let state = Mutex<[[UInt8]]>([])
    private static let limit = 4_000

    func add(_ line: [UInt8]) {
        state.withLock { lines in
            if lines.count >= Self.limit { lines.removeFirst(Self.limit / 2) }
            lines.append(line)
        }
    }

    var lines: [String] { state.withLock { $0.map { String(decoding: $0, as: UTF8.self) } } }

    func contains(_ text: String) -> Bool { lines.contains { $0.contains(text) } }
}
