/// Does a search over some indexes. Used within a transaction.
struct Search {
    let database: Database
    let indexes: [Index]
    let statistics: FieldStatistics
    let deadline: Deadline
    let now = Identifiers.now()

    /// A document that was found, and where it stands.
    struct Found: Sendable {
        /// In ``indexes``.
        var place: Int
        var row: Int64
        var score: Double
        var keys: [SQLValue?] = []
    }

    /// What a page is cut from.
    struct Result {
        var found: [Found]
        var aggregations: JSON?
    }

    private func evaluator(_ index: Index) -> Evaluator {
        Evaluator(database: database, index: index, statistics: statistics, deadline: deadline, now: now)
    }

    func count(_ query: Query) throws -> Int {
        try indexes.reduce(0) { try $0 + evaluator($1).hits(of: query).count }
    }

    /// Rows of one index, for what changes them all.
    func rows(_ query: Query, in index: Index) throws -> [Int64] {
        try evaluator(index).hits(of: query).keys.sorted()
    }

    /// Everything that is found, in order.
    func run(_ request: SearchRequest) throws -> Result {
        var found: [Found] = []
        var sets: [(Index, Set<Int64>)] = []
        for (place, index) in indexes.enumerated() {
            var hits = try evaluator(index).hits(of: request.query)
            if let minimum = request.minimumScore { hits = hits.filter { $0.value >= minimum } }
            if !request.aggregations.isEmpty { sets.append((index, Set(hits.keys))) }
            if let filter = request.postFilter {
                let kept = try evaluator(index).hits(of: filter)
                hits = hits.filter { kept[$0.key] != nil }
            }
            found += hits.map { Found(place: place, row: $0.key, score: $0.value) }
        }
        try deadline.check()
        let aggregations = try Aggregator(database: database, now: now, deadline: deadline) { query, index in
            Set(try evaluator(index).hits(of: query).keys)
        }.run(request.aggregations, over: sets)
        return Result(found: try sorted(found, request), aggregations: aggregations)
    }

    // MARK: Order

    private func sorted(_ found: [Found], _ request: SearchRequest) throws -> [Found] {
        guard !request.sort.isEmpty else {
            return found.sorted { ($1.score, $0.place, $0.row) < ($0.score, $1.place, $1.row) }
        }
        let tables = try indexes.map { index in try request.sort.map { try keys($0, in: index) } }
        var keyed = found
        for position in keyed.indices {
            let one = keyed[position]
            keyed[position].keys = request.sort.indices.map { number in
                switch tables[one.place][number] {
                case .score: .real(Double(Float(one.score)))
                case .row: .integer(one.row)
                case .values(let values): values[one.row]
                }
            }
        }
        if let after = request.after {
            let keys = after.map(Self.key)
            keyed = keyed.filter { compare(keys, $0.keys, request.sort) == .before }
        }
        return keyed.sorted { left, right in
            switch compare(left.keys, right.keys, request.sort) {
            case .before: true
            case .after: false
            case .same: (left.place, left.row) < (right.place, right.row)
            }
        }
    }

    private enum Keys { case score, row, values([Int64: SQLValue]) }

    private func keys(_ key: SortKey, in index: Index) throws -> Keys {
        switch key.field {
        case "_score": return .score
        case "_doc", "_shard_doc": return .row
        case "_id":
            let pairs = try database.rows("SELECT doc, id FROM \(index.documents)") {
                ($0.integer(0), SQLValue.text($0.text(1)))
            }
            return .values(Dictionary(uniqueKeysWithValues: pairs))
        default: break
        }
        guard let field = index.mapping.fields[key.field] else {
            guard key.isMissingAllowed else {
                throw SearchError(
                    400, "query_shard_exception", "No mapping found for [\(key.field)] in order to sort on",
                    more: [.init("index_uuid", .text(index.uuid)), .init("index", .text(index.name))])
            }
            return .values([:])
        }
        guard !field.isText else {
            throw SearchError.illegal(
                "Text fields are not optimised for operations that require per-document field data like aggregations and "
                    + "sorting, so these operations are disabled by default. Please use a keyword field instead: "
                    + "[\(field.path)] in [\(index.name)]")
        }
        let pick = key.takesGreatest ?? key.isDescending ? "max" : "min"
        let pairs = try database.rows(
            "SELECT doc, \(pick)(value) FROM \(index.values) WHERE field = ? GROUP BY doc",
            .integer(Int64(field.number))
        ) { ($0.integer(0), $0.value(1)) }
        return .values(Dictionary(uniqueKeysWithValues: pairs))
    }

    private static func key(_ json: JSON) -> SQLValue? {
        switch json {
        case .number(let text): Int64(text).map { .integer($0) } ?? Double(text).map { .real($0) }
        case .text(let text): .text(text)
        case .bool(let value): .integer(value ? 1 : 0)
        case .null, .list, .object: nil
        }
    }

    private enum Order { case before, same, after }

    private func compare(_ left: [SQLValue?], _ right: [SQLValue?], _ sort: [SortKey]) -> Order {
        for (key, pair) in zip(sort, zip(left, right)) {
            switch pair {
            case (nil, nil): continue
            case (nil, _): return key.missingIsFirst ? .before : .after
            case (_, nil): return key.missingIsFirst ? .after : .before
            case (let one?, let two?):
                if one.isLess(than: two) { return key.isDescending ? .after : .before }
                if two.isLess(than: one) { return key.isDescending ? .before : .after }
            }
        }
        return .same
    }
}

extension SQLValue {
    /// Numbers before texts.
    func isLess(than other: SQLValue) -> Bool {
        switch (self, other) {
        case (.integer(let one), .integer(let two)): one < two
        case (.text(let one), .text(let two)): one.utf8.lexicographicallyPrecedes(two.utf8)
        case (.integer(let one), .real(let two)): Double(one) < two
        case (.real(let one), .integer(let two)): one < Double(two)
        case (.real(let one), .real(let two)): one < two
        case (.integer, .text), (.real, .text), (_, .bytes): true
        case (.text, _), (.bytes, _): false
        }
    }

    var json: JSON {
        switch self {
        case .integer(let value): .int(value)
        case .real(let value): .double(value)
        case .text(let text): .text(text)
        case .bytes: .null
        }
    }
}
