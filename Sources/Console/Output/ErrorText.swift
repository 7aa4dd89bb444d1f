/// Errors and warnings as oclif writes them: each line behind a bang, wrapped to the terminal. Source: heroku-cli.md §1.3.
package enum ErrorText {
    /// - Parameter style: the bang's colour.
    package static func block(_ text: String, _ style: Style, on stream: Stream) -> String {
        let bang = stream.styled("›", style)
        // A pipe has no width: whoever reads it finds each message on one line.
        let lines =
            stream.isTerminal
            ? wrapped(text, to: stream.width - 6)
            : text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        return lines.map { $0.isEmpty ? " \(bang)\n" : " \(bang)   \($0)\n" }.joined()
    }

    /// The block for a failure, with what helps below it; those lines are not wrapped, so that they can be copied.
    package static func failure(_ failure: Failure, on stream: Stream) -> String {
        guard !failure.message.isEmpty else { return "" }
        var text = block("Error: \(failure.message)", .red, on: stream)
        guard !failure.mend.isEmpty else { return text }
        let bang = stream.styled("›", .red)
        text += " \(bang)\n \(bang)   What helps:\n"
        for step in failure.mend { text += " \(bang)     \(step)\n" }
        return text
    }

    /// Breaks lines at blanks so that none is wider than `width`; words longer than that are cut.
    static func wrapped(_ text: String, to width: Int) -> [String] {
        let width = max(20, width)
        return text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line -> [String] in
            guard line.count > width else { return [String(line)] }
            var lines: [String] = []
            var rest = line
            while rest.count > width {
                let limit = rest.index(rest.startIndex, offsetBy: width)
                let blank = rest[...limit].lastIndex(of: " ")
                guard let blank, blank > rest.startIndex else {
                    lines.append(String(rest[..<limit]))
                    rest = rest[limit...]
                    continue
                }
                lines.append(String(rest[..<blank]))
                rest = rest[rest.index(after: blank)...]
            }
            return lines + [String(rest)]
        }
    }
}
