/// Finds what a query means in one index. Used within a transaction.
struct Evaluator {
    let database: Database
    let index: Index
    let statistics: FieldStatistics
    let deadline: Deadline
    /// What `now` is in dates.
    let now: Int64

    func hits(of query: Query) throws -> Hits {
        try deadline.check()
        switch query {
        case .all(let boost): return try everything(boost)
        case .none: return [:]
        case .text(let query): return try TextEvaluator(self).hits(of: query)
        case .term("_id", let value, _, let boost): return try ids([value.scalarText ?? ""], boost)
        case .terms("_id", let values, let boost): return try ids(values.compactMap(\.scalarText), boost)
        case .term(let name, let value, let ignoresCase, let boost):
            return try any(name) { try term($0, value, ignoresCase: ignoresCase) }.multiplied(by: boost)
        case .terms(let name, let values, let boost):
            return try any(name) { field in
                var found: Hits = [:]
                for value in values { for row in try term(field, value).keys { found[row] = 1 } }
                return found
            }.multiplied(by: boost)
        case .range(let range): return try any(range.field) { try self.range(range, $0) }.multiplied(by: range.boost)
        case .exists(let name, let boost): return try exists(name).multiplied(by: boost)
        case .prefix(let name, let text, let ignoresCase, let boost):
            return try any(name) { try prefix(text, $0, ignoresCase: ignoresCase) }.multiplied(by: boost)
        case .wildcard(let name, let pattern, let ignoresCase, let boost):
            let pattern = ignoresCase ? pattern.lowercased() : pattern
            return try any(name) { field in
                try requireTerms(field, "wildcard")
                return try matching(field) { Wildcard.matches(ignoresCase ? $0.lowercased() : $0, pattern) }
            }.multiplied(by: boost)
        case .fuzzy(let name, let text, let fuzziness, let boost):
            return try any(name) { field in
                try requireTerms(field, "fuzzy")
                return try fuzzy(text, fuzziness, field)
            }.multiplied(by: boost)
        case .ids(let ids, let boost): return try self.ids(ids, boost)
        case .bool(let query): return try bool(query)
        case .constant(let query, let boost): return try hits(of: query).mapValues { _ in boost }
        case .best(let queries, let tieBreaker, let boost):
            return try best(queries.map { try hits(of: $0) }, tieBreaker: tieBreaker).multiplied(by: boost)
        case .boosting(let query, let against, let factor, let boost):
            let less = try hits(of: against)
            let found = try hits(of: query)
            return Hits(
                uniqueKeysWithValues: found.map { ($0.key, less[$0.key] == nil ? $0.value : $0.value * factor) }
            )
            .multiplied(by: boost)
        }
    }

    // MARK: Together

    private func bool(_ query: BoolQuery) throws -> Hits {
        var found: Hits?
        for part in query.must {
            let more = try hits(of: part)
            guard let so = found else {
                found = more
                continue
            }
            found = Hits(uniqueKeysWithValues: so.compactMap { row, score in more[row].map { (row, score + $0) } })
        }
        for part in query.filter {
            let more = try hits(of: part)
            found = found?.filter { more[$0.key] != nil } ?? more.mapValues { _ in 0 }
        }
        let isOptional = found != nil
        let required = query.minimum?.required(of: query.should.count) ?? (isOptional || query.should.isEmpty ? 0 : 1)
        if !query.should.isEmpty {
            let any = try atLeast(required, of: query.should) { try hits(of: $0) }
            if let so = found {
                found = required > 0 ? so.filter { any[$0.key] != nil } : so
                for (row, score) in any where found?[row] != nil { found?[row, default: 0] += score }
            } else {
                found = required > 0 ? any : try everything(0).merging(any) { $1 }
            }
        }
        var result = try found ?? everything(query.mustNot.isEmpty ? 1 : 0)
        for part in query.mustNot {
            for row in try hits(of: part).keys { result[row] = nil }
        }
        return result.multiplied(by: query.boost)
    }

    /// What so many of the clauses find, with the sum of their scores.
    func atLeast<Clause>(_ required: Int, of clauses: [Clause], _ hits: (Clause) throws -> Hits) throws -> Hits {
        guard required <= clauses.count else { return [:] }
        if clauses.count == 1 { return try hits(clauses[0]) }
        var sums: Hits = [:]
        var counts: [Int64: Int] = [:]
        for clause in clauses {
            try deadline.check()
            for (row, score) in try hits(clause) {
                sums[row, default: 0] += score
                if required > 1 { counts[row, default: 0] += 1 }
            }
        }
        return required > 1 ? sums.filter { counts[$0.key, default: 0] >= required } : sums
    }

    /// The best score of each, and a part of the others'.
    func best(_ lists: [Hits], tieBreaker: Double) -> Hits {
        var result = lists.first ?? [:]
        var others: Hits = [:]
        for list in lists.dropFirst() {
            for (row, score) in list {
                let before = result[row]
                result[row] = max(before ?? score, score)
                if let before { others[row, default: 0] += min(before, score) }
            }
        }
        guard tieBreaker > 0 else { return result }
        for (row, score) in others { result[row, default: 0] += score * tieBreaker }
        return result
    }

    /// What is found in any of the fields that a name means, by the best score.
    private func any(_ name: String, _ hits: (Field) throws -> Hits) throws -> Hits {
        best(try index.mapping.fields(matching: name).filter(\.isIndexed).map(hits), tieBreaker: 0)
    }

    // MARK: Without words

    func everything(_ score: Double) throws -> Hits {
        try rows("SELECT doc FROM \(index.documents)", score: score)
    }

    private func ids(_ ids: [String], _ boost: Double) throws -> Hits {
        var found: Hits = [:]
        for id in ids {
            if let row = try database.row(
                "SELECT doc FROM \(index.documents) WHERE id = ?", .text(id), element: { $0.integer(0) })
            {
                found[row] = boost
            }
        }
        return found
    }

    private func exists(_ name: String) throws -> Hits {
        let below = name + "."
        let fields = index.mapping.fields.values.filter { field in
            field.path == name || field.path.hasPrefix(below) && field.source == field.path
                || (name.contains("*") && Wildcard.matches(field.path, name))
        }
        return best(
            try fields.map { field in
                if field.isText { return try rows("SELECT id FROM \(index.words(field))_docsize", score: 1) }
                return try rows(
                    "SELECT DISTINCT doc FROM \(index.values) WHERE field = ?", .integer(Int64(field.number)), score: 1)
            }, tieBreaker: 0)
    }

    func rows(_ sql: String, _ values: SQLValue..., score: Double) throws -> Hits {
        var found: Hits = [:]
        switch values.count {
        case 0: _ = try database.rows(sql) { found[$0.integer(0)] = score }
        case 1: _ = try database.rows(sql, values[0]) { found[$0.integer(0)] = score }
        case 2: _ = try database.rows(sql, values[0], values[1]) { found[$0.integer(0)] = score }
        default: _ = try database.rows(sql, values[0], values[1], values[2]) { found[$0.integer(0)] = score }
        }
        return found
    }

    // MARK: One term

    /// Documents that have just this value, or this word.
    func term(_ field: Field, _ value: JSON, ignoresCase: Bool = false) throws -> Hits {
        if ignoresCase, let text = value.scalarText?.lowercased(), field.isText || field.kind == .keyword {
            return try matching(field) { $0.lowercased() == text }
        }
        if field.isText { return try word(value.scalarText ?? "", field) }
        return try exact(field, queryValue(field, value))
    }

    /// A value of a query; dates may be relative there.
    private func queryValue(_ field: Field, _ value: JSON, roundsUp: Bool = false) throws -> SQLValue {
        if field.kind == .date, let text = value.scalarText {
            guard let time = DateText.expression(text, roundsUp: roundsUp, now: now) else {
                throw failure("failed to parse date field [\(text)]", field)
            }
            return .integer(time)
        }
        if field.kind == .whole, let number = value.double, number != number.rounded() { return .real(number) }
        do {
            guard let value = try field.value(value) else { return .text("") }
            return value
        } catch {
            throw failure("failed to create query: For input string: \"\(value.scalarText ?? value.kind)\"", field)
        }
    }

    private func failure(_ reason: String, _ field: Field) -> SearchError {
        SearchError(
            400, "query_shard_exception", "\(reason), field [\(field.path)] is of type [\(field.type)]",
            more: [.init("index_uuid", .text(index.uuid)), .init("index", .text(index.name))])
    }

    private func exact(_ field: Field, _ value: SQLValue) throws -> Hits {
        let found = try rows(
            "SELECT doc FROM \(index.values) WHERE field = ? AND value = ?", .integer(Int64(field.number)), value,
            score: 1)
        guard field.kind == .keyword || field.kind == .boolean, !found.isEmpty else { return found }
        let count = try count(field)
        let weight = BM25.weight(average: count.values / max(count.documents, 1))
        let score = BM25.rarity(Double(found.count), of: count.documents) * weight
        return found.mapValues { _ in score }
    }

    /// Documents with this word, as it stands in the index.
    func word(_ term: String, _ field: Field) throws -> Hits {
        term.isEmpty
            ? [:]
            : try phrase(IndexText.phrase([term]), field) { found in BM25.rarity(found, of: try count(field).documents)
            }
    }

    /// Documents that FTS5 finds for a query of one phrase.
    ///
    /// - Parameter rarity: of what the query is made of, given how many documents there are.
    func phrase(_ match: String, _ field: Field, rarity: (_ found: Double) throws -> Double) throws -> Hits {
        let words = index.words(field)
        let found = try database.rows("SELECT rowid, bm25(\(words)) FROM \(words) WHERE \(words) MATCH ?", .text(match))
        {
            ($0.integer(0), $0.double(1))
        }
        guard !found.isEmpty else { return [:] }
        let (number, all) = (Double(found.count), try count(field).documents)
        let factor = -(try rarity(number)) / BM25.rarityOfFTS5(number, of: all)
        return Hits(uniqueKeysWithValues: found.map { ($0.0, $0.1 * factor) })
    }

    func count(_ field: Field) throws -> FieldStatistics.Count {
        try statistics.count(of: field, in: index) {
            if field.isText {
                return try database.row("SELECT count(*) FROM \(index.words(field))_docsize") {
                    FieldStatistics.Count(documents: $0.double(0), values: $0.double(0))
                } ?? .init(documents: 0, values: 0)
            }
            let sql = "SELECT count(DISTINCT doc), count(*) FROM \(index.values) WHERE field = ?"
            return try database.row(sql, .integer(Int64(field.number))) {
                FieldStatistics.Count(documents: $0.double(0), values: $0.double(1))
            } ?? .init(documents: 0, values: 0)
        }
    }

    // MARK: Several terms

    private func requireTerms(_ field: Field, _ query: String) throws {
        guard field.isText || field.kind == .keyword else {
            throw failure("Can only use \(query) queries on keyword, text and wildcard fields", field)
        }
    }

    private func prefix(_ text: String, _ field: Field, ignoresCase: Bool) throws -> Hits {
        try requireTerms(field, "prefix")
        if ignoresCase {
            let text = text.lowercased()
            return try matching(field) { $0.lowercased().hasPrefix(text) }
        }
        guard !text.isEmpty else { return try exists(field.path) }
        if field.isText {
            let words = index.words(field)
            return try rows(
                "SELECT rowid FROM \(words) WHERE \(words) MATCH ?", .text(IndexText.phrase([text]) + "*"), score: 1)
        }
        return try rows(
            "SELECT doc FROM \(index.values) WHERE field = ? AND value >= ? AND value < ?",
            .integer(Int64(field.number)),
            .text(text), .text(text + "\u{10FFFF}"), score: 1)
    }

    private func range(_ range: RangeQuery, _ field: Field) throws -> Hits {
        if field.isText {
            return try matching(field) { term in
                let above = range.lower.map {
                    $0.isIncluded ? term >= $0.value.scalarText ?? "" : term > $0.value.scalarText ?? ""
                }
                let below = range.upper.map {
                    $0.isIncluded ? term <= $0.value.scalarText ?? "" : term < $0.value.scalarText ?? ""
                }
                return above ?? true && below ?? true
            }
        }
        var conditions = ""
        var values: [SQLValue] = [.integer(Int64(field.number))]
        if let lower = range.lower {
            conditions += " AND value \(lower.isIncluded ? ">=" : ">") ?"
            values.append(try queryValue(field, lower.value, roundsUp: !lower.isIncluded))
        }
        if let upper = range.upper {
            conditions += " AND value \(upper.isIncluded ? "<=" : "<") ?"
            values.append(try queryValue(field, upper.value, roundsUp: upper.isIncluded))
        }
        let sql = "SELECT doc FROM \(index.values) WHERE field = ?\(conditions)"
        switch values.count {
        case 1: return try rows(sql, values[0], score: 1)
        case 2: return try rows(sql, values[0], values[1], score: 1)
        default: return try rows(sql, values[0], values[1], values[2], score: 1)
        }
    }

    /// Terms of a field that are as wanted, with how many edits they are away.
    func terms(of field: Field, _ isWanted: (String) -> Bool) throws -> [String] {
        var terms: [String] = []
        var looked = 0
        let take: (borrowing Row) throws -> Void = { row in
            looked += 1
            if looked % 10_000 == 0 { try deadline.check() }
            let term = field.isText ? IndexText.decode(row.text(0)) : row.text(0)
            if isWanted(term) { terms.append(term) }
        }
        if field.isText {
            _ = try database.rows("SELECT term FROM \(index.vocabulary(field))", element: take)
        } else {
            _ = try database.rows(
                "SELECT DISTINCT value FROM \(index.values) WHERE field = ?", .integer(Int64(field.number)),
                element: take)
        }
        return terms
    }

    /// Documents with any of the terms that are as wanted: all fit the same.
    private func matching(_ field: Field, _ isWanted: (String) -> Bool) throws -> Hits {
        var found: Hits = [:]
        for term in try terms(of: field, isWanted) {
            try deadline.check()
            for row in try self.term(field, .text(term)).keys { found[row] = 1 }
        }
        return found
    }

    /// Documents with words that are nearly this one; the nearer, the better.
    func fuzzy(_ text: String, _ fuzziness: Fuzziness, _ field: Field) throws -> Hits {
        let edits = fuzziness.edits(for: text)
        guard edits > 0 else { return try term(field, .text(text)) }
        let characters = Array(text.unicodeScalars)
        let prefix = String(text.prefix(fuzziness.prefixLength))
        var near: [(term: String, distance: Int)] = []
        _ = try terms(of: field) { term in
            guard term.hasPrefix(prefix) else { return false }
            if let distance = EditDistance.between(characters, Array(term.unicodeScalars), atMost: edits) {
                near.append((term, distance))
            }
            return false
        }
        near.sort { ($0.distance, $0.term) < ($1.distance, $1.term) }
        let lists = try near.prefix(fuzziness.expansions).map { near in
            let length = Double(min(characters.count, near.term.unicodeScalars.count))
            return try term(field, .text(near.term)).multiplied(by: max(0.01, 1 - Double(near.distance) / length))
        }
        return best(lists, tieBreaker: 0)
    }
}

/// How many letters have to be changed, added, taken away or swapped with their neighbour.
enum EditDistance {
    /// - Returns: `nil` for more than `limit`.
    static func between(_ one: [Unicode.Scalar], _ two: [Unicode.Scalar], atMost limit: Int) -> Int? {
        guard abs(one.count - two.count) <= limit else { return nil }
        var before: [Int] = []
        var last = Array(0...two.count)
        for (row, letter) in one.enumerated() {
            var line = [row + 1]
            for (column, other) in two.enumerated() {
                var best = min(last[column] + (letter == other ? 0 : 1), last[column + 1] + 1, line[column] + 1)
                if row > 0, column > 0, letter == two[column - 1], one[row - 1] == other {
                    best = min(best, before[column - 1] + 1)
                }
                line.append(best)
            }
            if line.min() ?? 0 > limit { return nil }
            (before, last) = (last, line)
        }
        return last[two.count] <= limit ? last[two.count] : nil
    }
}
