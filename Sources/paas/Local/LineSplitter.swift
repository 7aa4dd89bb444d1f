/// Puts lines together from the pieces in which a pipe gives them.
struct LineSplitter {
    /// A line that grows longer than this is handed on in parts, so that output without an end takes no memory.
    static let longestBytes = 65_536

    private var rest: [UInt8] = []

    /// - Returns: the lines that are complete now, without their ends.
    mutating func take(_ bytes: [UInt8]) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        rest += bytes
        var start = 0
        while let end = rest[start...].firstIndex(of: 0x0A) {
            lines.append(Array(rest[start..<end]))
            start = end + 1
        }
        rest.removeFirst(start)
        if rest.count >= Self.longestBytes { lines.append(takeRest()) }
        return lines
    }

    /// What came without a line end.
    mutating func takeRest() -> [UInt8] {
        defer { rest = [] }
        return rest
    }
}
