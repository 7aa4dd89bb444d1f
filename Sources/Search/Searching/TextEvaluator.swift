/// Finds words in the fields that a ``TextQuery`` names.
struct TextEvaluator {
    private static let clauseLimit = 1024
    private let evaluator: Evaluator

    init(_ evaluator: Evaluator) { self.evaluator = evaluator }

    func hits(of query: TextQuery) throws -> Hits {
        let fields = query.targets.flatMap { target in
            evaluator.index.mapping.fields(matching: target.pattern).filter(\.isIndexed).map { ($0, target.boost) }
        }
        if query.kind == .crossFields, fields.count > 1 {
            return try across(fields, query).multiplied(by: query.boost)
        }
        let lists = try fields.map { field, boost in try hits(of: query, in: field).multiplied(by: boost) }
        switch query.kind {
        case .mostFields, .boolPrefix:
            return try evaluator.atLeast(1, of: lists) { $0 }.multiplied(by: query.boost)
        case .bestFields, .crossFields, .phrase, .phrasePrefix:
            return evaluator.best(lists, tieBreaker: query.tieBreaker ?? 0).multiplied(by: query.boost)
        }
    }

    private func terms(of query: TextQuery, in field: Field) throws -> [String] {
        guard case .text(_, let search) = field.kind else { return [] }
        let terms = (query.analyzer ?? search).tokens(of: query.text).map(\.term)
        guard terms.count <= Self.clauseLimit else {
            throw SearchError(400, "too_many_clauses", "maxClauseCount is set to \(Self.clauseLimit)")
        }
        return terms
    }

    private func hits(of query: TextQuery, in field: Field) throws -> Hits {
        guard field.isText else {
            do { return try evaluator.term(field, .text(query.text)) } catch {
                guard query.isLenient, error is SearchError else { throw error }
                return [:]
            }
        }
        let terms = try terms(of: query, in: field)
        guard let last = terms.last else { return [:] }
        switch query.kind {
        case .phrase where terms.count > 1: return try phrase(terms, slop: query.slop, field)
        case .phrasePrefix: return try phrasePrefix(terms, field)
        case .boolPrefix:
            let prefix = Query.prefix(field: field.path, text: last, ignoresCase: false, boost: 1)
            return try combined(terms, query) { position, term in
                position == terms.count - 1 ? try evaluator.hits(of: prefix) : try word(term, query, field)
            }
        case .bestFields, .mostFields, .crossFields, .phrase:
            return try combined(terms, query) { try word($1, query, field) }
        }
    }

    private func combined(
        _ terms: [String], _ query: TextQuery, _ hits: (Int, String) throws -> Hits
    ) throws -> Hits {
        let required = query.needsAll ? terms.count : query.minimum?.required(of: terms.count) ?? 1
        return try evaluator.atLeast(max(1, required), of: Array(terms.enumerated())) {
            try hits($0.offset, $0.element)
        }
    }

    private func word(_ term: String, _ query: TextQuery, _ field: Field) throws -> Hits {
        if let fuzziness = query.fuzziness { return try evaluator.fuzzy(term, fuzziness, field) }
        return try evaluator.word(term, field)
    }

    private func phrase(_ terms: [String], slop: Int, _ field: Field) throws -> Hits {
        let all = try evaluator.count(field).documents
        var rarity = 0.0
        for term in terms {
            let found = Double(try evaluator.word(term, field).count)
            if found == 0 { return [:] }
            rarity += BM25.rarity(found, of: all)
        }
        guard slop > 0 else { return try evaluator.phrase(IndexText.phrase(terms), field) { _ in rarity } }
        // FTS5 scores each of the words that are near each other; what it finds is taken as one phrase.
        let near = "NEAR(\(terms.map { IndexText.phrase([$0]) }.joined(separator: " ")), \(slop + terms.count - 2))"
        let words = evaluator.index.words(field)
        return try evaluator.rows(
            "SELECT rowid FROM \(words) WHERE \(words) MATCH ?", .text(near), score: rarity / 2)
    }

    private func phrasePrefix(_ terms: [String], _ field: Field) throws -> Hits {
        try evaluator.phrase(IndexText.phrase(terms) + "*", field) {
            BM25.rarity($0, of: try evaluator.count(field).documents) * Double(terms.count)
        }
    }

    /// Each word may be in any of the fields.
    private func across(_ fields: [(Field, Double)], _ query: TextQuery) throws -> Hits {
        let texts = fields.filter(\.0.isText)
        guard let first = texts.first else { return [:] }
        return try combined(try terms(of: query, in: first.0), query) { _, term in
            evaluator.best(
                try texts.map { try word(term, query, $0.0).multiplied(by: $0.1) }, tieBreaker: query.tieBreaker ?? 0)
        }
    }
}
