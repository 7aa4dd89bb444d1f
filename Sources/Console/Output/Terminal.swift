internal import Posix

/// Where a command writes, and what it may assume about it.
package struct Terminal: Sendable {
    /// Standard output: data.
    package let output: Stream
    /// Standard error: progress, warnings, errors.
    package let errors: Stream
    /// Whether somebody can answer a question.
    package let canAsk: Bool

    package init(output: Stream, errors: Stream, canAsk: Bool) {
        self.output = output
        self.errors = errors
        self.canAsk = canAsk
    }

    /// This process's own streams.
    package static let standard = Terminal(
        output: Stream(1), errors: Stream(2),
        canAsk: TerminalDevice.isTerminal(0) && TerminalDevice.isTerminal(2))

    /// Writes a line of data.
    package func print(_ line: String = "") { output.write(line + "\n") }

    /// Writes a line of progress or remarks.
    package func note(_ line: String = "") { errors.write(line + "\n") }

    package func warn(_ message: String) { errors.write(ErrorText.block("Warning: \(message)", .yellow, on: errors)) }

    /// An app's name as it stands in running text on standard error: with the glyph where there are colours.
    package func appName(_ name: String, on stream: Stream? = nil) -> String {
        let stream = stream ?? errors
        return stream.hasManyColours ? stream.styled("⬢ \(name)", .app) : name
    }

    /// `=== Text` and an empty line.
    package func header(_ text: String) {
        print(output.hasColours ? "\(output.styled("===", .grey)) \(output.styled(text, .bold))" : "=== \(text)")
        print()
    }

    /// `Key:  value` lines, keys padded to the longest; pairs without a value are left out.
    package func object(_ pairs: [(key: String, value: [String])]) {
        let shown = pairs.filter { !$0.value.isEmpty }
        let width = (shown.map(\.key.displayWidth).max() ?? 0) + 2
        for (key, values) in shown {
            let label =
                output.styled(key + ":", .teal) + String(repeating: " ", count: max(1, width - key.displayWidth - 1))
            for (index, value) in values.enumerated() {
                print((index == 0 ? label : String(repeating: " ", count: width)) + value)
            }
        }
    }

    /// JSON with two blanks of indentation, as `JSON.stringify(x, null, 2)` writes it.
    package func json(_ bytes: [UInt8]) { print(JSONText.indented(bytes)) }
}
