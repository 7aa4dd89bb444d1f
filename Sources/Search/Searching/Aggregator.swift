/// Counts over what was found. Used within a transaction.
struct Aggregator {
    typealias Sets = [(index: Index, rows: Set<Int64>)]

    let database: Database
    let now: Int64
    let deadline: Deadline
    let find: (Query, Index) throws -> Set<Int64>

    private static let bucketLimit = 65_536

    /// - Returns: `nil` where nothing is asked for.
    func run(_ aggregations: [Aggregation], over sets: Sets) throws -> JSON? {
        guard !aggregations.isEmpty else { return nil }
        return .object(try aggregations.map { .init($0.name, try result($0, sets)) })
    }

    private func result(_ aggregation: Aggregation, _ sets: Sets) throws -> JSON {
        try deadline.check()
        switch aggregation.kind {
        case .metric(let metric, let name): return try self.metric(metric, try values(name, sets).map(\.value))
        case .terms(let name, let size, let order, let minimum):
            return try terms(aggregation, name, size, order, minimum, sets)
        case .ranges(let name, let ranges): return try self.ranges(aggregation, name, ranges, sets)
        case .histogram(let name, let interval, let minimum):
            return try histogram(aggregation, name, minimum, sets) { value in
                value.number.map { ($0 / interval).rounded(.down) * interval }
            } next: {
                $0 + interval
            }
        case .dates(let name, let unit, let minimum):
            return try histogram(aggregation, name, minimum, sets) { value in
                guard case .integer(let time) = value else { return nil }
                return DateText.expression("now/\(unit)", roundsUp: false, now: time).map(Double.init)
            } next: { time in
                DateText.expression("now+1\(unit)", roundsUp: false, now: Int64(time)).map(Double.init) ?? .infinity
            }
        case .filter(let query): return try bucket(aggregation, try narrowed(sets, by: query))
        case .filters(let filters):
            return [
                "buckets": .object(
                    try filters.map { .init($0.name, try bucket(aggregation, try narrowed(sets, by: $0.query))) })
            ]
        }
    }

    private func narrowed(_ sets: Sets, by query: Query) throws -> Sets {
        try sets.map { ($0.index, $0.rows.intersection(try find(query, $0.index))) }
    }

    private func bucket(_ aggregation: Aggregation, _ sets: Sets, _ start: JSON = [:]) throws -> JSON {
        var bucket = start
        bucket.set("doc_count", .int(sets.reduce(0) { $0 + $1.rows.count }))
        for inner in aggregation.inner { bucket.set(inner.name, try result(inner, sets)) }
        return bucket
    }

    // MARK: Values

    private struct Value {
        var place: Int
        var row: Int64
        var value: SQLValue
    }

    private func field(_ name: String, _ sets: Sets) throws -> Field? {
        for (index, _) in sets {
            guard let field = index.mapping.fields[name] else { continue }
            guard !field.isText else {
                throw SearchError.illegal(
                    "Text fields are not optimised for operations that require per-document field data like aggregations "
                        + "and sorting, so these operations are disabled by default. Please use a keyword field instead: "
                        + "[\(name)] in [\(index.name)]")
            }
            return field
        }
        return nil
    }

    private func values(_ name: String, _ sets: Sets) throws -> [Value] {
        _ = try field(name, sets)
        var values: [Value] = []
        for (place, set) in sets.enumerated() {
            guard let field = set.index.mapping.fields[name] else { continue }
            try deadline.check()
            _ = try database.rows(
                "SELECT doc, value FROM \(set.index.values) WHERE field = ?", .integer(Int64(field.number))
            ) { row in
                if set.rows.contains(row.integer(0)) {
                    values.append(Value(place: place, row: row.integer(0), value: row.value(1)))
                }
            }
        }
        return values
    }

    // MARK: Kinds

    private func metric(_ metric: Aggregation.Metric, _ values: [SQLValue]) throws -> JSON {
        let numbers = values.compactMap(\.number)
        let sum = numbers.reduce(0, +)
        let average = numbers.isEmpty ? nil : sum / Double(numbers.count)
        func shown(_ number: Double?) -> JSON { number.map(JSON.double) ?? .null }
        switch metric {
        case .min: return ["value": shown(numbers.min())]
        case .max: return ["value": shown(numbers.max())]
        case .avg: return ["value": shown(average)]
        case .sum: return ["value": .double(sum)]
        case .valueCount: return ["value": .int(values.count)]
        case .cardinality: return ["value": .int(Set(values).count)]
        case .stats:
            return [
                "count": .int(numbers.count), "min": shown(numbers.min()), "max": shown(numbers.max()),
                "avg": shown(average), "sum": .double(sum),
            ]
        }
    }

    private func terms(
        _ aggregation: Aggregation, _ name: String, _ size: Int, _ order: Aggregation.Order, _ minimum: Int,
        _ sets: Sets
    ) throws -> JSON {
        let field = try field(name, sets)
        let groups = Dictionary(grouping: try values(name, sets), by: \.value).filter { $0.value.count >= minimum }
        let sorted = groups.sorted { left, right in
            if order.byKey {
                return order.isDescending ? right.key.isLess(than: left.key) : left.key.isLess(than: right.key)
            }
            if left.value.count == right.value.count { return left.key.isLess(than: right.key) }
            return order.isDescending ? left.value.count > right.value.count : left.value.count < right.value.count
        }
        let buckets = try sorted.prefix(size).map { key, values in
            var start: JSON = ["key": key.json]
            if let text = field?.shown(key) { start.set("key_as_string", .text(text)) }
            return try bucket(aggregation, rows(of: values, sets), start)
        }
        let others = sorted.dropFirst(size).reduce(0) { $0 + $1.value.count }
        return ["doc_count_error_upper_bound": 0, "sum_other_doc_count": .int(others), "buckets": .list(buckets)]
    }

    private func rows(of values: [Value], _ sets: Sets) -> Sets {
        var rows = sets.map { _ in Set<Int64>() }
        for value in values { rows[value.place].insert(value.row) }
        return zip(sets, rows).map { ($0.index, $1) }
    }

    private func ranges(
        _ aggregation: Aggregation, _ name: String, _ ranges: [Aggregation.Range], _ sets: Sets
    ) throws -> JSON {
        let isDate = try field(name, sets)?.kind == .date
        let values = try values(name, sets)
        func number(_ json: JSON?) -> Double? {
            guard let json else { return nil }
            guard isDate, let text = json.scalarText else { return json.double }
            return DateText.expression(text, roundsUp: false, now: now).map(Double.init)
        }
        let buckets = try ranges.map { range in
            let (from, to) = (number(range.from), number(range.to))
            let inside = values.filter { value in
                guard let number = value.value.number else { return false }
                return number >= from ?? -.infinity && number < to ?? .infinity
            }
            func name(_ number: Double?) -> String { number.map { isDate ? DateText.iso(Int64($0)) : "\($0)" } ?? "*" }
            var start: JSON = ["key": .text(range.key ?? "\(name(from))-\(name(to))")]
            if let from { start.set("from", .double(from)) }
            if let to { start.set("to", .double(to)) }
            return try bucket(aggregation, rows(of: inside, sets), start)
        }
        return ["buckets": .list(buckets)]
    }

    private func histogram(
        _ aggregation: Aggregation, _ name: String, _ minimum: Int, _ sets: Sets, key: (SQLValue) -> Double?,
        next: (Double) -> Double
    ) throws -> JSON {
        let field = try field(name, sets)
        var groups: [Double: [Value]] = [:]
        for value in try values(name, sets) { if let key = key(value.value) { groups[key, default: []].append(value) } }
        guard var at = groups.keys.min(), let last = groups.keys.max() else { return ["buckets": []] }
        var buckets: [JSON] = []
        if minimum > 0 {
            for (key, values) in groups.sorted(by: { $0.key < $1.key }) where values.count >= minimum {
                buckets.append(try bucket(aggregation, rows(of: values, sets), start(key, field)))
            }
            return ["buckets": .list(buckets)]
        }
        // Those without a document between others are shown, too.
        var keys: [Double] = []
        while at <= last {
            let after = next(at)
            // Far too many are not counted out.
            let isEndless = keys.isEmpty && (last - at) / (after - at) > Double(2 * Self.bucketLimit)
            guard keys.count < Self.bucketLimit, after > at, !isEndless else {
                throw SearchError(
                    400, "too_many_buckets_exception",
                    "Trying to create too many buckets. Must be less than or equal to: [\(Self.bucketLimit)]")
            }
            if keys.count.isMultiple(of: 1000) { try deadline.check() }
            keys.append(at)
            at = after
        }
        for key in keys {
            buckets.append(try bucket(aggregation, rows(of: groups[key] ?? [], sets), start(key, field)))
        }
        return ["buckets": .list(buckets)]
    }

    private func start(_ key: Double, _ field: Field?) -> JSON {
        guard field?.kind == .date else { return ["key": .double(key)] }
        return ["key_as_string": .text(DateText.iso(Int64(key))), "key": .int(Int64(key))]
    }
}

extension SQLValue {
    fileprivate var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .real(let value): value
        case .text, .bytes: nil
        }
    }
}

extension Field {
    /// Of a value whose number says little.
    fileprivate func shown(_ value: SQLValue) -> String? {
        switch (kind, value) {
        case (.boolean, .integer(let value)): value == 0 ? "false" : "true"
        case (.date, .integer(let time)): DateText.iso(time)
        default: nil
        }
    }
}
