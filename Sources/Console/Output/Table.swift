/// A table as oclif prints it: headers, a rule, rows. Source: heroku-cli.md §1.6.
package struct Table: Sendable {
    private let headers: [String]
    private var rows: [[String]] = []

    package init(_ headers: [String]) { self.headers = headers }

    package mutating func add(_ row: [String]) { rows.append(row) }

    /// - Parameters:
    ///   - width: the terminal's columns; the widest column is cut to fit. `nil`: nothing is cut.
    ///   - stream: decides on colours of the headers.
    package func text(width: Int? = nil, on stream: Stream) -> String {
        var widths = headers.indices.map { column in
            ([headers[column]] + rows.map { $0[column] }).map(\.displayWidth).max() ?? 0
        }
        if let width, let widest = widths.indices.max(by: { widths[$0] < widths[$1] }) {
            widths[widest] = max(8, widths[widest] - max(0, Self.total(widths) + 1 - width))
        }
        let head = line(headers.map { stream.styled($0, .bold) }, widths)
        let rule = " " + String(repeating: "─", count: Self.total(widths))
        return ([head, rule] + rows.map { line($0, widths) }).map { $0 + "\n" }.joined()
    }

    /// The cells, three blanks between them, one blank around all.
    private static func total(_ widths: [Int]) -> Int { widths.reduce(0, +) + 3 * (widths.count - 1) + 2 }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        let padded = zip(cells, widths).map { cell, width in Self.cut(cell, to: width).padded(to: width) }
        var line = "  " + padded.joined(separator: "   ")
        while line.last == " " { line.removeLast() }
        return line
    }

    private static func cut(_ cell: String, to width: Int) -> String {
        guard cell.displayWidth > width else { return cell }
        return String(Style.plain(cell).prefix(width - 1)) + "…"
    }
}

extension Terminal {
    /// Prints a table; on a terminal it is cut to the window unless `wraps` says otherwise.
    package func table(_ table: Table, cut: Bool = true) {
        output.write(table.text(width: cut && output.isTerminal ? output.width : nil, on: output))
    }
}
