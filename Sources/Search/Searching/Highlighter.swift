/// What `highlight` asks for.
struct Highlight: Sendable {
    struct Options: Sendable {
        var before = "<em>"
        var after = "</em>"
        var fragmentSize = 100
        /// 0 for the whole text.
        var fragments = 5
        /// Of a text in which nothing was found, from its beginning.
        var noMatchSize = 0
        var onlyOwnField = true
        var query: Query?
    }

    /// A pattern of names each.
    private(set) var fields: [(pattern: String, options: Options)] = []

    init(_ json: JSON) throws(SearchError) {
        let common = try Self.read(json, Options())
        let list = json["fields"]?.list?.flatMap { $0.members ?? [] } ?? json["fields"]?.members ?? []
        for field in list { fields.append((field.name, try Self.read(field.value, common))) }
    }

    private static func read(_ json: JSON, _ common: Options) throws(SearchError) -> Options {
        var options = common
        if let tags = json["pre_tags"]?.elements.first?.text { options.before = tags }
        if let tags = json["post_tags"]?.elements.first?.text { options.after = tags }
        if let size = json["fragment_size"]?.int { options.fragmentSize = min(max(size, 0), 1_000_000) }
        if let count = json["number_of_fragments"]?.int { options.fragments = min(max(count, 0), 10_000) }
        if let size = json["no_match_size"]?.int { options.noMatchSize = max(size, 0) }
        if let only = json["require_field_match"]?.bool { options.onlyOwnField = only }
        if let query = json["highlight_query"] { options.query = try QueryParser.parse(query) }
        return options
    }
}

/// Marks the words of a document that a query has found.
struct Highlighter {
    let database: Database
    let index: Index
    let highlight: Highlight
    let query: Query

    /// A list of marked fragments for each field that has any.
    func parts(of document: JSON) throws -> JSON {
        var parts: JSON = [:]
        for (pattern, options) in highlight.fields {
            for field in index.mapping.fields(matching: pattern) where field.isText || field.kind == .keyword {
                let wanted = Self.words(of: options.query ?? query) { pattern in
                    !options.onlyOwnField || Wildcard.matches(field.path, pattern)
                }
                let texts = Self.values(document, at: field.source)
                let fragments = try texts.flatMap { try self.fragments(of: $0, field, wanted, options) }
                let shown = options.fragments == 0 ? fragments : Array(fragments.prefix(options.fragments))
                if !shown.isEmpty {
                    parts.set(field.path, .list(shown.map { .text($0) }))
                } else if options.noMatchSize > 0, let text = texts.first {
                    parts.set(field.path, [.text(String(text.prefix(options.noMatchSize)))])
                }
            }
        }
        return parts
    }

    /// The texts at a path, in all elements of lists on the way.
    static func values(_ value: JSON, at path: String) -> [String] {
        switch value {
        case .list(let list): return list.flatMap { values($0, at: path) }
        case .object(let members):
            return members.flatMap { member -> [String] in
                if member.name == path { return values(member.value, at: "") }
                guard path.hasPrefix(member.name + ".") else { return [] }
                return values(member.value, at: String(path.dropFirst(member.name.count + 1)))
            }
        case .null: return []
        case .bool, .number, .text: return path.isEmpty ? value.scalarText.map { [$0] } ?? [] : []
        }
    }

    // MARK: What is wanted

    enum Word {
        case text(String, Analyzer?, endsOpen: Bool, Fuzziness?)
        case exact(String)
        case prefix(String)
        case wildcard(String)
    }

    /// The words that a query looks for in a field.
    private static func words(of query: Query, _ isMeant: (String) -> Bool) -> [Word] {
        switch query {
        case .all, .none, .range, .exists, .ids: []
        case .text(let text):
            text.targets.contains { isMeant($0.pattern) }
                ? [
                    .text(
                        text.text, text.analyzer, endsOpen: [.phrasePrefix, .boolPrefix].contains(text.kind),
                        text.fuzziness)
                ] : []
        case .term(let field, let value, _, _): isMeant(field) ? value.scalarText.map { [.exact($0)] } ?? [] : []
        case .terms(let field, let values, _): isMeant(field) ? values.compactMap(\.scalarText).map { .exact($0) } : []
        case .prefix(let field, let text, _, _): isMeant(field) ? [.prefix(text)] : []
        case .wildcard(let field, let pattern, _, _): isMeant(field) ? [.wildcard(pattern)] : []
        case .fuzzy(let field, let text, let fuzziness, _):
            isMeant(field) ? [.text(text, .keyword, endsOpen: false, fuzziness)] : []
        case .bool(let query): (query.must + query.should + query.filter).flatMap { words(of: $0, isMeant) }
        case .constant(let query, _): words(of: query, isMeant)
        case .best(let queries, _, _): queries.flatMap { words(of: $0, isMeant) }
        case .boosting(let query, _, _, _): words(of: query, isMeant)
        }
    }

    private func marked(_ text: String, _ field: Field, _ wanted: [Word]) throws -> [Range<Int>] {
        guard case .text(let analyzer, let search) = field.kind else {
            let isFound = wanted.contains { word in
                switch word {
                case .text(let other, _, _, _), .exact(let other): other == text
                case .prefix(let prefix): text.hasPrefix(prefix)
                case .wildcard(let pattern): Wildcard.matches(text, pattern)
                }
            }
            return isFound ? [0..<text.utf8.count] : []
        }
        let tokens = analyzer.tokens(of: text)
        let stems = try self.stems(of: tokens.map(\.term), analyzer)
        var terms: Set<String> = []
        var others: [(String) -> Bool] = []
        for word in wanted {
            switch word {
            case .exact(let term): terms.formUnion(try self.stems(of: [term], analyzer))
            case .prefix(let prefix): others.append { $0.hasPrefix(prefix) }
            case .wildcard(let pattern): others.append { Wildcard.matches($0, pattern.lowercased()) }
            case .text(let query, let own, let endsOpen, let fuzziness):
                let words = (own ?? search).tokens(of: query).map(\.term)
                terms.formUnion(try self.stems(of: words, analyzer))
                if endsOpen, let last = words.last { others.append { $0.hasPrefix(last) } }
                guard let fuzziness else { continue }
                for word in words {
                    let letters = Array(word.unicodeScalars)
                    others.append {
                        EditDistance.between(letters, Array($0.unicodeScalars), atMost: fuzziness.edits(for: word))
                            != nil
                    }
                }
            }
        }
        return zip(tokens, stems).filter { token, stem in
            terms.contains(stem) || others.contains { $0(token.term) }
        }.map(\.0.bytes)
    }

    /// Words without their endings, as FTS5 has them in a field whose analyzer takes those off.
    private func stems(of terms: [String], _ analyzer: Analyzer) throws -> [String] {
        guard analyzer.stems, !terms.isEmpty else { return terms }
        try database.execute(
            """
            CREATE VIRTUAL TABLE IF NOT EXISTS temp.stems USING fts5(words, \(IndexText.options(stems: true)));
            CREATE VIRTUAL TABLE IF NOT EXISTS temp.stems_words USING fts5vocab(temp, stems, 'instance');
            DELETE FROM temp.stems;
            """)
        try database.run(
            "INSERT INTO temp.stems (rowid, words) VALUES (1, ?)",
            .text(terms.map(IndexText.encode).joined(separator: " ")))
        let stems = try database.rows("SELECT term FROM temp.stems_words ORDER BY offset") {
            IndexText.decode($0.text(0))
        }
        return stems.count == terms.count ? stems : terms
    }

    // MARK: Fragments

    private func fragments(
        of text: String, _ field: Field, _ wanted: [Word], _ options: Highlight.Options
    ) throws -> [String] {
        let marks = try marked(text, field, wanted)
        guard !marks.isEmpty else { return [] }
        let bytes = Array(text.utf8)
        let pieces = options.fragments == 0 ? [0..<bytes.count] : Self.pieces(bytes, size: options.fragmentSize)
        return pieces.compactMap { piece in
            let inside = marks.filter { piece.contains($0.lowerBound) }
            guard !inside.isEmpty else { return nil }
            var result: [UInt8] = []
            var at = piece.lowerBound
            for mark in inside {
                result += bytes[at..<mark.lowerBound] + Array(options.before.utf8)
                result += bytes[mark] + Array(options.after.utf8)
                at = mark.upperBound
            }
            if at < piece.upperBound { result += bytes[at..<piece.upperBound] }
            let shown = String(decoding: result, as: UTF8.self)
            return options.fragments == 0 ? shown : Self.trimmed(shown)
        }
    }

    /// Sentences, put together as long as they are short, and cut between words where they are long.
    private static func pieces(_ bytes: [UInt8], size: Int) -> [Range<Int>] {
        guard size > 0 else { return [0..<bytes.count] }
        var pieces: [Range<Int>] = []
        var start = 0
        var lastEnd = 0
        for index in bytes.indices {
            let isBlank = bytes[index] == 0x20 || bytes[index] == 0x0A
            guard isBlank else { continue }
            let endsSentence = index > 0 && (".!?".utf8.contains(bytes[index - 1]) || bytes[index] == 0x0A)
            if index - start >= size, lastEnd > start {
                pieces.append(start..<lastEnd)
                start = lastEnd
            }
            if endsSentence || index - start >= size { lastEnd = index + 1 }
        }
        if bytes.count - start > size, lastEnd > start, lastEnd < bytes.count {
            pieces.append(start..<lastEnd)
            start = lastEnd
        }
        if start < bytes.count { pieces.append(start..<bytes.count) }
        return pieces
    }

    private static func trimmed(_ text: String) -> String {
        var text = text[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
