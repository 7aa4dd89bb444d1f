/// A word of a text, as it is looked for, and where it stands.
struct Token: Sendable, Equatable {
    var term: String
    /// In the text's UTF-8.
    var bytes: Range<Int>
}

/// How a text becomes words. These are Elasticsearch's built-in ones.
enum Analyzer: String, Sendable {
    /// Words as Unicode sees them, in lower case.
    case standard
    /// Runs of letters, in lower case.
    case simple
    /// ``simple`` without the commonest words.
    case stop
    /// What stands between blanks, as it is.
    case whitespace
    /// The whole text, as it is.
    case keyword
    /// ``standard`` without the commonest words, and without their endings; those are taken off by FTS5.
    case english

    /// - Throws: an `illegal_argument_exception` for one that is not there.
    init(named name: String) throws(SearchError) {
        guard let analyzer = Analyzer(rawValue: name) else {
            throw .illegal(
                "failed to find analyzer [\(name)]; the search server that is built into paas has standard, simple, "
                    + "stop, whitespace, keyword and english")
        }
        self = analyzer
    }

    /// Whether FTS5 takes the endings off.
    var stems: Bool { self == .english }

    func tokens(of text: String) -> [Token] {
        switch self {
        case .standard: WordBreaker.words(in: text)
        case .simple: WordBreaker.runs(in: text, lowercasing: true) { $0.properties.isAlphabetic }
        case .stop: Analyzer.simple.tokens(of: text).filter { !Self.stopWords.contains($0.term) }
        case .whitespace:
            WordBreaker.runs(in: text, lowercasing: false) { !$0.properties.isWhitespace && $0.value >= 0x20 }
        case .keyword: text.isEmpty ? [] : [Token(term: text, bytes: 0..<text.utf8.count)]
        case .english:
            WordBreaker.words(in: text).compactMap { token in
                var token = token
                for ending in ["'s", "\u{2019}s"] where token.term.hasSuffix(ending) {
                    token.term.removeLast(2)
                }
                return Self.stopWords.contains(token.term) || token.term.isEmpty ? nil : token
            }
        }
    }

    /// Lucene's list for English.
    private static let stopWords = Set(
        """
        a an and are as at be but by for if in into is it no not of on or such that the their then there these they \
        this to was will with
        """.split(separator: " ").map(String.init))
}

/// Words as the standard analyzer of Elasticsearch takes them. Source: Unicode Standard Annex #29 §4.1.
enum WordBreaker {
    /// Longer words are cut.
    private static let lengthLimit = 255

    private enum Kind { case letter, digit, alone, extend, connector, midLetter, midDigit, midBoth, other }

    static func words(in text: String) -> [Token] {
        var tokens: [Token] = []
        let scalars = Array(text.unicodeScalars)
        var kinds = scalars.map(kind)
        // What is put on a letter goes with it.
        for index in kinds.indices.dropFirst() where kinds[index] == .extend {
            kinds[index] = [.letter, .digit, .connector].contains(kinds[index - 1]) ? kinds[index - 1] : .other
        }
        var offset = 0
        var index = 0
        while index < scalars.count {
            let start = (index: index, offset: offset)
            var hasWord = false
            var count = 0
            while index < scalars.count, count < lengthLimit, continues(kinds, index, isFirst: index == start.index) {
                hasWord = hasWord || kinds[index] == .letter || kinds[index] == .digit || kinds[index] == .alone
                offset += width(scalars[index])
                index += 1
                count += 1
                if kinds[index - 1] == .alone { break }
            }
            if index == start.index {
                offset += width(scalars[index])
                index += 1
            } else if hasWord {
                tokens.append(token(scalars[start.index..<index], start.offset..<offset, lowercasing: true))
            }
        }
        return tokens
    }

    /// Whether the scalar belongs to the word that the one before it belongs to.
    private static func continues(_ kinds: [Kind], _ index: Int, isFirst: Bool) -> Bool {
        switch kinds[index] {
        case .letter, .digit, .connector: return true
        case .alone: return isFirst
        case .other, .extend: return false
        case .midLetter, .midDigit, .midBoth:
            guard !isFirst, index + 1 < kinds.count else { return false }
            let (before, after) = (kinds[index - 1], kinds[index + 1])
            let letters = kinds[index] != .midDigit && before == .letter && after == .letter
            let digits = kinds[index] != .midLetter && before == .digit && after == .digit
            return letters || digits
        }
    }

    private static func kind(_ scalar: Unicode.Scalar) -> Kind {
        switch scalar.value {
        case 0x30...0x39: return .digit
        case 0x41...0x5A, 0x61...0x7A: return .letter
        case 0x5F: return .connector
        case 0x2E, 0x27, 0x2019, 0x2018, 0x2024, 0xFE52, 0xFF07, 0xFF0E: return .midBoth
        case 0x3A, 0xB7, 0x387, 0x55F, 0x5F4, 0x2027, 0xFE13, 0xFE55, 0xFF1A: return .midLetter
        case 0x2C, 0x3B, 0x37E, 0x589, 0x60C, 0x60D, 0x66C, 0x7F8, 0x2044, 0xFE10, 0xFE14: return .midDigit
        case ..<0x80: return .other
        case 0x3040...0x309F: return .alone
        default: break
        }
        let properties = scalar.properties
        if properties.isIdeographic { return .alone }
        if properties.isAlphabetic, properties.generalCategory != .otherNumber { return .letter }
        switch properties.generalCategory {
        case .decimalNumber: return .digit
        case .connectorPunctuation: return .connector
        case .nonspacingMark, .enclosingMark, .spacingMark, .format: return .extend
        default: return .other
        }
    }

    /// What stands between scalars that don't belong.
    static func runs(
        in text: String, lowercasing: Bool, _ belongs: (Unicode.Scalar) -> Bool
    ) -> [Token] {
        var tokens: [Token] = []
        var run: [Unicode.Scalar] = []
        var (start, offset) = (0, 0)
        func close() {
            if !run.isEmpty { tokens.append(token(run[...], start..<offset, lowercasing: lowercasing)) }
            run = []
        }
        for scalar in text.unicodeScalars {
            if !belongs(scalar) || run.count >= lengthLimit { close() }
            if run.isEmpty { start = offset }
            if belongs(scalar) { run.append(scalar) }
            offset += width(scalar)
        }
        close()
        return tokens
    }

    private static func token(
        _ scalars: ArraySlice<Unicode.Scalar>, _ bytes: Range<Int>, lowercasing: Bool
    ) -> Token {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return Token(term: lowercasing ? String(text).lowercased() : String(text), bytes: bytes)
    }

    private static func width(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case ..<0x80: 1
        case ..<0x800: 2
        case ..<0x10000: 3
        default: 4
        }
    }
}
