import Console

/// What stands in front of a process's lines: `6:46:02 PM web.1    | `.
struct ProcessPrefix {
    /// Source: heroku-cli.md §7; node-foreman's cycle.
    private static let palette: [Style] = [
        .magenta, .blue, .cyan, .green, .yellow, .red, .brightMagenta, .brightBlue, .brightCyan, .brightGreen,
        .brightYellow, .brightRed,
    ]
    /// Columns after which a line goes on in the next.
    static let lineWidth = 500

    let name: String
    /// Columns of the longest name.
    let width: Int
    let style: Style

    init(name: String, width: Int, colour: Int) {
        self.name = name
        self.width = width
        style = Self.palette[colour % Self.palette.count]
    }

    /// A line of the process, in several where it is too long; nothing for a blank one. Bytes stay as they are.
    func lines(_ line: some Collection<UInt8>, at time: String, hasColours: Bool) -> [UInt8] {
        guard line.contains(where: { !Self.blanks.contains($0) }) else { return [] }
        let pieces = Self.pieces(of: line)
        return pieces.enumerated().flatMap { index, piece in
            Array((prefix(at: time, index == 0 ? " | " : " | > ", hasColours) + " ").utf8) + piece + [0x0A]
        }
    }

    /// How the process ended: `6:46:09 PM web.1 Exited Successfully`.
    func ending(_ text: String, _ style: Style, at time: String, hasColours: Bool) -> String {
        "\(prefix(at: time, "", hasColours)) \(hasColours ? style.applied(to: text) : text)\n"
    }

    private func prefix(at time: String, _ delimiter: String, _ hasColours: Bool) -> String {
        let text = "\(time) \(name.padded(to: width))\(delimiter)"
        return hasColours ? style.applied(to: text) : text
    }

    private static let blanks = Set([UInt8(ascii: " "), 0x09, 0x0B, 0x0C, 0x0D])

    private static func pieces(of line: some Collection<UInt8>) -> [[UInt8]] {
        guard line.count > lineWidth else { return [Array(line)] }
        var rest = String(decoding: line, as: UTF8.self)[...]
        var pieces: [[UInt8]] = []
        while !rest.isEmpty {
            pieces.append(Array(rest.prefix(lineWidth).utf8))
            rest = rest.dropFirst(lineWidth)
        }
        return pieces
    }
}

/// `6:46:02 PM`, as `toLocaleTimeString()` writes it.
enum ClockText {
    static func text(hour: Int, minute: Int, second: Int) -> String {
        let hours = hour % 12 == 0 ? 12 : hour % 12
        return "\(hours):\(twoDigits(minute)):\(twoDigits(second)) \(hour < 12 ? "AM" : "PM")"
    }

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
}
