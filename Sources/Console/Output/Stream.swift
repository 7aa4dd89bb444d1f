internal import Posix

/// One of a program's output streams.
package struct Stream: Sendable {
    package let descriptor: Int32
    package let isTerminal: Bool
    package let hasColours: Bool
    /// At least 256 colours; then apps get their glyph.
    package let hasManyColours: Bool
    /// Columns; 80 where nobody knows.
    package let width: Int

    /// What this process may do on the descriptor. Source: heroku-cli.md §1.1, §1.4.
    init(_ descriptor: Int32) {
        let isTerminal = TerminalDevice.isTerminal(descriptor)
        let forced = Environment.nonEmpty("FORCE_COLOR").map { $0 != "0" } ?? false
        let forbidden =
            Environment.nonEmpty("NO_COLOR") != nil || Environment["PAAS_COLOR"] == "0"
            || Environment["TERM"] == "dumb"
        let term = Environment["TERM"] ?? ""
        let isRich = term.contains("256color") || Environment.nonEmpty("COLORTERM") != nil || forced
        self.init(
            descriptor, isTerminal: isTerminal, hasColours: (isTerminal || forced) && !forbidden,
            hasManyColours: (isTerminal || forced) && !forbidden && isRich,
            width: isTerminal ? TerminalDevice.size(of: descriptor)?.columns ?? 80 : 80)
    }

    package init(_ descriptor: Int32, isTerminal: Bool, hasColours: Bool, hasManyColours: Bool, width: Int) {
        self.descriptor = descriptor
        self.isTerminal = isTerminal
        self.hasColours = hasColours
        self.hasManyColours = hasManyColours
        self.width = width
    }

    package func write(_ text: String) { write(Array(text.utf8)) }

    /// Writes at once. A reader that has gone (`| head`) ends the program quietly, with the status of SIGPIPE: never
    /// with success, which would let a receive hook accept what it could not report.
    package func write(_ bytes: [UInt8]) {
        do {
            try StandardStream.write(bytes, to: descriptor)
        } catch {
            if error.isBrokenPipe { Environment.exit(141) }
        }
    }

    /// The text in a style where the stream shows colours, else as it is.
    package func styled(_ text: String, _ style: Style) -> String { hasColours ? style.applied(to: text) : text }
}
