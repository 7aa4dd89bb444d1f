/// Words as FTS5 gets them: it does not take texts apart, but only looks for blanks.
enum IndexText {
    /// For `CREATE VIRTUAL TABLE … USING fts5`: every ASCII character but blanks and controls belongs to a word, as all
    /// others do anyway.
    static func options(stems: Bool) -> String {
        // Quotes are doubled within the quotes that they stand in.
        let marks = "!\"\"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~"
        return "tokenize = \"\(stems ? "porter " : "")ascii tokenchars '\(marks)'\""
    }

    static func text(_ tokens: [Token]) -> String { tokens.map { encode($0.term) }.joined(separator: " ") }

    /// FTS5 makes no difference between capitals and small letters of ASCII: capitals go where no text has letters. So do
    /// blanks, which a word of the keyword analyzer may have.
    static func encode(_ term: String) -> String {
        shift(term) { scalar in
            let isMoved = (0x41...0x5A).contains(scalar) || scalar <= 0x20 || scalar == 0x7F
            return isMoved ? scalar + 0xE000 : nil
        }
    }

    static func decode(_ term: String) -> String {
        shift(term) { (0xE000...0xE07F).contains($0) ? $0 - 0xE000 : nil }
    }

    private static func shift(_ term: String, _ value: (UInt32) -> UInt32?) -> String {
        guard term.unicodeScalars.contains(where: { value($0.value) != nil }) else { return term }
        var result = String.UnicodeScalarView()
        for scalar in term.unicodeScalars {
            result.append(value(scalar.value).flatMap { Unicode.Scalar($0) } ?? scalar)
        }
        return String(result)
    }

    /// A phrase of FTS5's query language; in quotes nothing else has a meaning.
    static func phrase(_ terms: [String]) -> String {
        "\"\(terms.map { encode($0).replacing("\"", with: "\"\"") }.joined(separator: " "))\""
    }
}
