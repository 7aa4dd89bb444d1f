internal import Model

/// Cuts a dyno's output into lines, and lines over the limit into parts, as Logplex does.
///
/// It can start at any position where an earlier one has ended a line, and goes on exactly as that one would have.
struct LineSplitter: Sendable {
    struct Line: Equatable, Sendable {
        var message: [UInt8]
        var time: Timestamp
        var position: UInt64
    }

    private var pending: [UInt8] = []
    private var pendingTime = Timestamp(microseconds: 0)
    private var pendingEnd: UInt64 = 0

    /// - Parameters:
    ///   - position: where `bytes` begin.
    ///   - time: when the shim read them; a line gets the time of its last byte.
    mutating func feed(_ bytes: [UInt8], at position: UInt64, time: Timestamp) -> [Line] {
        var lines: [Line] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let room = LogLine.limitBytes - pending.count
            // One byte further, so that a newline right after a full message belongs to it.
            let window = rest.prefix(room + 1)
            if let newline = window.firstIndex(of: UInt8(ascii: "\n")) {
                pending += rest[..<newline]
                rest = rest[(newline + 1)...]
                lines.append(line(endingAt: position + UInt64(newline + 1), time))
            } else if window.count > room {
                pending += window.dropLast()
                rest = rest.dropFirst(room)
                lines.append(line(endingAt: position + UInt64(rest.startIndex), time))
            } else {
                pending += rest
                pendingTime = time
                pendingEnd = position + UInt64(rest.endIndex)
                rest = []
            }
        }
        return lines
    }

    /// The last line, when it has no newline.
    mutating func finish() -> Line? {
        pending.isEmpty ? nil : line(endingAt: pendingEnd, pendingTime)
    }

    private mutating func line(endingAt position: UInt64, _ time: Timestamp) -> Line {
        defer { pending = [] }
        return Line(message: pending, time: time, position: position)
    }
}
