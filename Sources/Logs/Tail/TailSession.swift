internal import Model
internal import Posix
internal import Synchronization

/// One reader of an app's log as it grows: a bounded buffer between the writer, who never waits, and the reader.
final class TailSession: Sendable {
    private struct State {
        var lines: [LogLine] = []
        var bytes = 0
        var dropped: (count: Int, since: Timestamp)?
        var reader: CheckedContinuation<[LogLine]?, Never>?
        var hasEnded = false
    }

    /// What a reader may lag behind by, beyond its backlog, before lines are dropped.
    private static let limitLines = 8192
    private static let limitBytes = 8 << 20

    private let filter: LogFilter
    private let state: Mutex<State>

    init(backlog: [LogLine], matching filter: LogFilter) {
        self.filter = filter
        state = Mutex(State(lines: backlog))
    }

    /// Hands over the lines that the reader wants, or counts them as dropped when it is too far behind.
    func offer(_ lines: [LogLine], now: Timestamp) {
        let wanted = lines.filter { filter.accepts(source: $0.source, process: $0.process) }
        guard !wanted.isEmpty else { return }
        let delivery: (CheckedContinuation<[LogLine]?, Never>)? = state.withLock { state in
            if state.hasEnded { return nil }
            if let reader = state.reader {
                state.reader = nil
                return reader
            }
            let size = wanted.reduce(0) { $0 + $1.message.count }
            if let dropped = state.dropped {
                state.dropped = (dropped.count + wanted.count, dropped.since)
            } else if state.lines.count + wanted.count > Self.limitLines || state.bytes + size > Self.limitBytes {
                state.dropped = (wanted.count, now)
            } else {
                state.lines += wanted
                state.bytes += size
            }
            return nil
        }
        delivery?.resume(returning: wanted)
    }

    /// The next lines, as soon as there are any; `nil` at the end.
    func next() async -> [LogLine]? {
        await withCheckedContinuation { continuation in
            let ready: [LogLine]?? = state.withLock { state in
                if state.hasEnded && state.lines.isEmpty { return .some(nil) }
                if state.lines.isEmpty && state.dropped == nil {
                    state.reader = continuation
                    return nil
                }
                var lines = state.lines
                if let dropped = state.dropped { lines.append(Self.overflow(dropped.count, since: dropped.since)) }
                state.lines = []
                state.bytes = 0
                state.dropped = nil
                return .some(lines)
            }
            if let ready { continuation.resume(returning: ready) }
        }
    }

    /// No more lines will come; what is buffered can still be read, except by a reader that has gone.
    func end() {
        let reader = state.withLock { state in
            defer { state.reader = nil }
            state.hasEnded = true
            return state.reader
        }
        reader?.resume(returning: nil)
    }

    /// Heroku's line in the place of those that were dropped. Source: heroku-platform.md §11.3.
    private static func overflow(_ count: Int, since: Timestamp) -> LogLine {
        let moment = since.iso8601.dropLast()
        return LogLine(
            time: Timestamp(microseconds: Moment.realtimeMicroseconds), source: .heroku, process: "logplex",
            "Error L11 (Tail buffer overflow) -> This tail session dropped \(count) messages since \(moment)+00:00.")
    }
}
