/// What is counted over everything that a query finds: `aggs`.
struct Aggregation: Sendable {
    enum Metric: String, Sendable { case min, max, avg, sum, stats, cardinality, valueCount = "value_count" }

    enum Kind: Sendable {
        case metric(Metric, field: String)
        case terms(field: String, size: Int, order: Order, minimumCount: Int)
        case ranges(field: String, [Range])
        case histogram(field: String, interval: Double, minimumCount: Int)
        case dates(field: String, unit: String, minimumCount: Int)
        case filter(Query)
        case filters([(name: String, query: Query)])
    }

    /// How the buckets of terms are sorted.
    struct Order: Sendable {
        var byKey = false
        var isDescending = true
    }

    struct Range: Sendable {
        var key: String?
        var from: JSON?
        var to: JSON?
    }

    let name: String
    let kind: Kind
    /// In each bucket.
    let inner: [Aggregation]

    /// Reads what stands under `aggs`.
    static func list(_ json: JSON, depth: Int = 0) throws(SearchError) -> [Aggregation] {
        guard depth < 10 else { throw .illegal("aggregations are nested more than 10 deep") }
        var list: [Aggregation] = []
        for member in json.members ?? [] { list.append(try one(member.name, member.value, depth)) }
        return list
    }

    private static func one(_ name: String, _ json: JSON, _ depth: Int) throws(SearchError) -> Aggregation {
        let members = (json.members ?? []).filter { !["aggs", "aggregations", "meta"].contains($0.name) }
        guard let member = members.first, members.count == 1 else {
            throw .parsing("Missing definition for aggregation [\(name)]")
        }
        let inner = try list(json["aggs"] ?? json["aggregations"] ?? [:], depth: depth + 1)
        return Aggregation(name: name, kind: try kind(member.name, member.value), inner: inner)
    }

    private static func kind(_ type: String, _ body: JSON) throws(SearchError) -> Kind {
        if let metric = Metric(rawValue: type) { return .metric(metric, field: try field(type, body)) }
        switch type {
        case "terms":
            let order = body["order"]?.elements.first?.members?.first
            guard order == nil || ["_key", "_term", "_count"].contains(order?.name) else {
                throw .unsupported("an aggregation's order by [\(order?.name ?? "")]")
            }
            return .terms(
                field: try field(type, body), size: min(max(body["size"]?.int ?? 10, 1), 65_536),
                order: Order(
                    byKey: order.map { $0.name != "_count" } ?? false,
                    isDescending: order?.value.text?.lowercased() != "asc"),
                minimumCount: body["min_doc_count"]?.int ?? 1)
        case "range", "date_range":
            let ranges = (body["ranges"]?.elements ?? []).map {
                Range(key: $0["key"]?.text, from: $0["from"], to: $0["to"])
            }
            return .ranges(field: try field(type, body), ranges)
        case "histogram":
            guard let interval = body["interval"]?.double, interval > 0 else {
                throw .illegal("[interval] must be >0 for histogram aggregation")
            }
            return .histogram(
                field: try field(type, body), interval: interval, minimumCount: body["min_doc_count"]?.int ?? 0)
        case "date_histogram":
            let unit = body["calendar_interval"]?.text ?? body["fixed_interval"]?.text ?? body["interval"]?.text ?? ""
            guard let letter = DateUnit.letter(unit) else {
                throw .unsupported("the interval [\(unit)] in a date_histogram")
            }
            return .dates(field: try field(type, body), unit: letter, minimumCount: body["min_doc_count"]?.int ?? 0)
        case "filter": return .filter(try QueryParser.parse(body))
        case "filters":
            var filters: [(String, Query)] = []
            for member in body["filters"]?.members ?? [] {
                filters.append((member.name, try QueryParser.parse(member.value)))
            }
            return .filters(filters)
        default: throw .unsupported("an aggregation of type [\(type)]")
        }
    }

    private static func field(_ type: String, _ body: JSON) throws(SearchError) -> String {
        guard body["script"] == nil else { throw .unsupported("a script in an aggregation") }
        guard let field = body["field"]?.text else {
            throw .illegal("Required one of fields [field, script] for [\(type)]")
        }
        return field
    }
}

/// The steps of a calendar that dates are put together by.
enum DateUnit {
    private static let names = [
        "year": "y", "quarter": "q", "month": "M", "week": "w", "day": "d", "hour": "H", "minute": "m", "second": "s",
        "1y": "y", "1q": "q", "1M": "M", "1w": "w", "1d": "d", "1h": "H", "1m": "m", "1s": "s", "24h": "d", "60m": "H",
    ]

    /// As date math has it.
    static func letter(_ name: String) -> String? { names[name].flatMap { $0 == "q" ? nil : $0 } }
}
