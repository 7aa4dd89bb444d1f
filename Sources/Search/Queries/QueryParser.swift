/// Reads the query DSL.
struct QueryParser {
    /// As Elasticsearch's `indices.query.bool.max_nested_depth`.
    private static let depthLimit = 30
    private static let clauseLimit = 1024

    /// - Throws: what Elasticsearch says of a query that is none, or that it is one which can't be done here.
    static func parse(_ json: JSON) throws(SearchError) -> Query {
        try QueryParser().query(json, depth: 0)
    }

    private func query(_ json: JSON, depth: Int) throws(SearchError) -> Query {
        guard depth <= Self.depthLimit else {
            throw .illegal("The nested depth of the query exceeds the maximum of \(Self.depthLimit)")
        }
        guard let members = json.members else {
            throw .parsing("[_na] query malformed, must start with start_object; found \(json.kind)")
        }
        guard let member = members.first else { throw .illegal("query malformed, empty clause found") }
        guard members.count == 1 else {
            throw .parsing("[\(member.name)] malformed query, expected [END_OBJECT] but found [FIELD_NAME]")
        }
        let (name, body) = (member.name, member.value)
        guard body.members != nil else {
            throw .parsing("[\(name)] query malformed, no start_object after query name")
        }
        switch name {
        case "match_all": return .all(boost: boost(body))
        case "match_none": return .none
        case "match", "match_phrase", "match_phrase_prefix", "match_bool_prefix": return try match(name, body)
        case "multi_match": return try multiMatch(body)
        case "query_string": return try QueryStringParser.parse(body)
        case "simple_query_string": return try SimpleQueryStringParser.parse(body)
        case "term", "prefix", "wildcard", "fuzzy": return try single(name, body)
        case "terms": return try terms(body)
        case "range": return try range(body)
        case "exists":
            guard let field = body["field"]?.text else { throw .parsing("[exists] must be provided with a [field]") }
            return .exists(field: field, boost: boost(body))
        case "ids": return .ids((body["values"]?.elements ?? []).compactMap(\.scalarText), boost: boost(body))
        case "bool": return try bool(body, depth)
        case "constant_score":
            return .constant(try query(try part("filter", of: name, body), depth: depth + 1), boost: boost(body))
        case "dis_max":
            return .best(
                try queries(body["queries"], depth), tieBreaker: body["tie_breaker"]?.double ?? 0, boost: boost(body))
        case "boosting":
            return .boosting(
                try query(try part("positive", of: name, body), depth: depth + 1),
                against: try query(try part("negative", of: name, body), depth: depth + 1),
                by: body["negative_boost"]?.double ?? 0.5, boost: boost(body))
        case let name where Self.unsupported.contains(name): throw .unsupported("a [\(name)] query")
        default: throw .parsing("unknown query [\(name)]")
        }
    }

    private static let unsupported: Set<String> = [
        "nested", "has_child", "has_parent", "parent_id", "regexp", "function_score", "script", "script_score",
        "geo_distance", "geo_bounding_box", "geo_shape", "geo_polygon", "geo_grid", "shape", "more_like_this",
        "percolate", "knn", "sparse_vector", "text_expansion", "semantic", "rank_feature", "distance_feature", "pinned",
        "intervals", "span_term", "span_near", "span_or", "span_first", "span_not", "span_multi", "terms_set",
        "combined_fields", "wrapper", "weighted_tokens", "rule",
    ]

    private func boost(_ body: JSON) -> Double { body["boost"]?.double ?? 1 }

    private func part(_ name: String, of query: String, _ body: JSON) throws(SearchError) -> JSON {
        guard let part = body[name] else { throw .parsing("[\(query)] requires '\(name)' element") }
        return part
    }

    private func queries(_ json: JSON?, _ depth: Int) throws(SearchError) -> [Query] {
        let list = json?.elements ?? []
        guard list.count <= Self.clauseLimit else {
            throw SearchError(400, "too_many_nested_clauses", "maxClauseCount is set to \(Self.clauseLimit)")
        }
        var result: [Query] = []
        for element in list { result.append(try query(element, depth: depth + 1)) }
        return result
    }

    // MARK: One by one

    /// `{"FIELD": …}` with what stands there; settings beside it are refused.
    private func onlyField(_ name: String, _ body: JSON) throws(SearchError) -> (field: String, value: JSON) {
        let members = body.members ?? []
        guard let member = members.first else { throw .illegal("[\(name)] query needs a field") }
        guard members.count == 1 else {
            throw .parsing(
                "[\(name)] query doesn't support multiple fields, found [\(member.name)] and [\(members[1].name)]")
        }
        return (member.name, member.value)
    }

    private func match(_ name: String, _ body: JSON) throws(SearchError) -> Query {
        let (field, value) = try onlyField(name, body)
        var options: JSON = value
        if value.members == nil { options = ["query": value] }
        guard let text = options["query"]?.scalarText else {
            throw .parsing("[\(name)] unknown token or no text for [\(field)]")
        }
        var query = TextQuery(targets: [.init(pattern: field)], text: text)
        switch name {
        case "match_phrase": query.kind = .phrase
        case "match_phrase_prefix": query.kind = .phrasePrefix
        case "match_bool_prefix": query.kind = .boolPrefix
        default: break
        }
        try read(options, into: &query)
        return .text(query)
    }

    private func multiMatch(_ body: JSON) throws(SearchError) -> Query {
        guard let text = body["query"]?.scalarText else { throw .parsing("No text specified for multi_match query") }
        let fields = (body["fields"]?.elements ?? []).compactMap(\.scalarText)
        var query = TextQuery(targets: fields.isEmpty ? [.init(pattern: "*")] : fields.map(Self.target), text: text)
        if let type = body["type"]?.text {
            guard let kind = TextQuery.Kind(rawValue: type) else {
                throw .parsing("failed to parse [multi_match] query type [\(type)]. unknown type.")
            }
            query.kind = kind
        }
        query.isLenient = query.targets.contains { $0.pattern.contains("*") }
        try read(body, into: &query)
        return .text(query)
    }

    /// `title^2`
    static func target(_ text: String) -> TextQuery.Target {
        guard let mark = text.lastIndex(of: "^"), let boost = Double(text[text.index(after: mark)...]) else {
            return .init(pattern: text)
        }
        return .init(pattern: String(text[..<mark]), boost: boost)
    }

    private func read(_ options: JSON, into query: inout TextQuery) throws(SearchError) {
        query.needsAll = options["operator"]?.text?.lowercased() == "and"
        if let minimum = options["minimum_should_match"]?.scalarText { query.minimum = try MinimumMatch(minimum) }
        query.slop = min(max(options["slop"]?.int ?? 0, 0), 10_000)
        if let fuzziness = options["fuzziness"] {
            var fuzziness = try Fuzziness(fuzziness)
            fuzziness.prefixLength = options["prefix_length"]?.int ?? 0
            fuzziness.expansions = min(max(options["max_expansions"]?.int ?? 50, 1), 1024)
            query.fuzziness = fuzziness
        }
        if let analyzer = options["analyzer"]?.text { query.analyzer = try Analyzer(named: analyzer) }
        query.tieBreaker = options["tie_breaker"]?.double
        query.isLenient = options["lenient"]?.bool ?? query.isLenient
        query.boost = boost(options)
    }

    private func single(_ name: String, _ body: JSON) throws(SearchError) -> Query {
        let (field, given) = try onlyField(name, body)
        let value = given["value"] ?? given[name] ?? given["wildcard"] ?? (given.members == nil ? given : .null)
        guard let text = value.scalarText else { throw .illegal("value cannot be null for [\(field)]") }
        let ignoresCase = given["case_insensitive"]?.bool ?? false
        switch name {
        case "term": return .term(field: field, value: value, ignoresCase: ignoresCase, boost: boost(given))
        case "prefix": return .prefix(field: field, text: text, ignoresCase: ignoresCase, boost: boost(given))
        case "wildcard": return .wildcard(field: field, pattern: text, ignoresCase: ignoresCase, boost: boost(given))
        default:
            var fuzziness = try Fuzziness(given["fuzziness"])
            fuzziness.prefixLength = given["prefix_length"]?.int ?? 0
            return .fuzzy(field: field, text: text, fuzziness, boost: boost(given))
        }
    }

    private func terms(_ body: JSON) throws(SearchError) -> Query {
        let fields = (body.members ?? []).filter { $0.name != "boost" && $0.name != "_name" }
        guard let field = fields.first else {
            throw .parsing("[terms] query requires a field name, followed by array of terms")
        }
        guard fields.count == 1 else { throw .parsing("[terms] query does not support multiple fields") }
        guard let values = field.value.list else {
            guard field.value.members == nil else { throw .unsupported("a [terms] query with a lookup") }
            throw .parsing("[terms] query requires an array of terms")
        }
        guard values.count <= 65_536 else { throw .illegal("The number of terms [\(values.count)] is more than 65536") }
        return .terms(field: field.name, values: values, boost: boost(body))
    }

    private func range(_ body: JSON) throws(SearchError) -> Query {
        let (field, bounds) = try onlyField("range", body)
        var query = RangeQuery(field: field)
        for bound in bounds.members ?? [] {
            let value: JSON? = bound.value == .null ? nil : bound.value
            switch bound.name {
            case "gt": query.lower = value.map { .init(value: $0, isIncluded: false) }
            case "gte": query.lower = value.map { .init(value: $0, isIncluded: true) }
            case "lt": query.upper = value.map { .init(value: $0, isIncluded: false) }
            case "lte": query.upper = value.map { .init(value: $0, isIncluded: true) }
            case "from": query.lower = value.map { .init(value: $0, isIncluded: bounds["include_lower"]?.bool ?? true) }
            case "to": query.upper = value.map { .init(value: $0, isIncluded: bounds["include_upper"]?.bool ?? true) }
            case "boost": query.boost = boost(bounds)
            case "format", "relation", "include_lower", "include_upper": continue
            case "time_zone": throw .unsupported("[time_zone] in a [range] query")
            default: throw .parsing("[range] query does not support [\(bound.name)]")
            }
        }
        return .range(query)
    }

    private func bool(_ body: JSON, _ depth: Int) throws(SearchError) -> Query {
        var result = BoolQuery()
        for clause in body.members ?? [] {
            switch clause.name {
            case "must": result.must = try queries(clause.value, depth)
            case "should": result.should = try queries(clause.value, depth)
            case "filter": result.filter = try queries(clause.value, depth)
            case "must_not", "mustNot": result.mustNot = try queries(clause.value, depth)
            case "minimum_should_match":
                if let text = clause.value.scalarText { result.minimum = try MinimumMatch(text) }
            case "boost": result.boost = boost(body)
            case "_name", "adjust_pure_negative": continue
            default: throw .parsing("[bool] query does not support [\(clause.name)]")
            }
        }
        return .bool(result)
    }
}
