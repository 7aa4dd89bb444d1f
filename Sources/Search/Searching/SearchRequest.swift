/// What `_search` asks for.
struct SearchRequest: Sendable {
    /// As Elasticsearch's `index.max_result_window`.
    private static let windowLimit = 10_000

    var query = Query.all(boost: 1)
    /// Narrows the hits after everything else has been counted.
    var postFilter: Query?
    var from = 0
    var size = 10
    var sort: [SortKey] = []
    var source = SourceFilter()
    var highlight: Highlight?
    var aggregations: [Aggregation] = []
    var minimumScore: Double?
    /// Sort values of the last hit of the page before.
    var after: [JSON]?
    /// Up to how many are counted; `nil` for all, 0 for none.
    var countLimit: Int?
    var tracksScores = false
    var showsVersion = false
    var showsSequence = false
    var countIsNumber = false

    /// - Parameter parameters: of the URL; they count more than the body.
    init(_ body: JSON, parameters: [String: String]) throws(SearchError) {
        guard let members = body.members else { throw .parsing("Expected [START_OBJECT] but found [\(body.kind)]") }
        for member in members where member.value != .null { try read(member.name, member.value) }
        try read(parameters)
        guard from >= 0 else { throw .illegal("[from] parameter cannot be negative, found [\(from)]") }
        guard size >= 0 else { throw .illegal("[size] parameter cannot be negative, found [\(size)]") }
        guard from <= Self.windowLimit, size <= Self.windowLimit, from + size <= Self.windowLimit else {
            throw .illegal(
                "Result window is too large, from + size must be less than or equal to: [\(Self.windowLimit)] but was "
                    + "[\(from.addingReportingOverflow(size).partialValue)]. See the scroll api for a more efficient way to request large data sets."
            )
        }
        guard let after else { return }
        guard after.count == sort.count, !sort.isEmpty else {
            throw .illegal("search_after has \(after.count) value(s) but sort has \(sort.count).")
        }
        guard from == 0 else { throw .illegal("`from` parameter must be set to 0 when `search_after` is used.") }
    }

    private mutating func read(_ name: String, _ value: JSON) throws(SearchError) {
        switch name {
        case "query": query = try QueryParser.parse(value)
        case "post_filter": postFilter = try QueryParser.parse(value)
        case "from": from = try number(name, value)
        case "size": size = try number(name, value)
        case "sort": sort = try SortKey.list(value)
        case "_source": source = try SourceFilter(value)
        case "highlight": highlight = try Highlight(value)
        case "aggs", "aggregations": aggregations = try Aggregation.list(value)
        case "min_score": minimumScore = value.double
        case "search_after": after = value.elements
        case "track_total_hits": readCount(value)
        case "track_scores": tracksScores = value.bool ?? false
        case "version": showsVersion = value.bool ?? false
        case "seq_no_primary_term": showsSequence = value.bool ?? false
        case "timeout", "terminate_after", "stats", "profile", "explain": return
        case let name where Self.unsupported.contains(name): throw .unsupported("[\(name)] in a search")
        default: throw .parsing("unknown key [\(name)] in a search")
        }
    }

    private static let unsupported: Set<String> = [
        "suggest", "collapse", "rescore", "script_fields", "fields", "stored_fields", "docvalue_fields", "knn", "pit",
        "runtime_mappings", "slice", "indices_boost", "ext", "rank", "retriever", "sub_searches",
    ]

    private func number(_ name: String, _ value: JSON) throws(SearchError) -> Int {
        guard let number = value.int else { throw .parsing("[\(name)] has to be a number, and is \(value.kind)") }
        return number
    }

    private mutating func readCount(_ value: JSON) {
        switch value.bool {
        case true: countLimit = nil
        case false: countLimit = 0
        case nil: countLimit = value.int.map { max(0, $0) }
        }
    }

    private mutating func read(_ parameters: [String: String]) throws(SearchError) {
        if let text = parameters["q"] { query = try Self.typed(text, parameters) }
        for name in ["from", "size"] {
            if let text = parameters[name] { try read(name, .text(text)) }
        }
        if let text = parameters["sort"], !text.isEmpty {
            sort = text.split(separator: ",").map { part in
                let halves = part.split(separator: ":").map(String.init)
                return SortKey(
                    field: halves[0], isDescending: halves.count > 1 ? halves[1] == "desc" : halves[0] == "_score")
            }
        }
        source.read(parameters)
        if let text = parameters["track_total_hits"] { readCount(.text(text)) }
        countIsNumber = parameters["rest_total_hits_as_int"] == "true"
        if let text = parameters["search_type"], !["query_then_fetch", "dfs_query_then_fetch"].contains(text) {
            throw .illegal("No search type for [\(text)]")
        }
    }

    /// `?q=title:fox`
    static func typed(_ text: String, _ parameters: [String: String]) throws(SearchError) -> Query {
        var body: JSON = ["query": .text(text)]
        if let field = parameters["df"] { body.set("default_field", .text(field)) }
        if let word = parameters["default_operator"] { body.set("default_operator", .text(word)) }
        if let lenient = parameters["lenient"] { body.set("lenient", .text(lenient)) }
        return try QueryStringParser.parse(body)
    }
}

/// By what hits are sorted.
struct SortKey: Sendable, Equatable {
    /// A field, `_score` or `_doc`.
    var field: String
    var isDescending: Bool
    var missingIsFirst = false
    /// Whether the greatest of several values counts.
    var takesGreatest: Bool?
    var isMissingAllowed = false

    static func list(_ json: JSON) throws(SearchError) -> [SortKey] {
        var keys: [SortKey] = []
        for element in json.elements { keys.append(contentsOf: try one(element)) }
        return keys
    }

    private static func one(_ json: JSON) throws(SearchError) -> [SortKey] {
        if let field = json.text { return [SortKey(field: field, isDescending: field == "_score")] }
        guard let members = json.members else {
            throw .parsing("malformed sort format, within the sort array, an object, or an actual string are allowed")
        }
        var keys: [SortKey] = []
        for member in members {
            if ["_script", "_geo_distance"].contains(member.name) { throw .unsupported("sorting by [\(member.name)]") }
            let order = member.value.text ?? member.value["order"]?.text ?? (member.name == "_score" ? "desc" : "asc")
            guard ["asc", "desc"].contains(order.lowercased()) else { throw .illegal("Unknown SortOrder [\(order)]") }
            var key = SortKey(field: member.name, isDescending: order.lowercased() == "desc")
            key.missingIsFirst = member.value["missing"]?.text == "_first"
            switch member.value["mode"]?.text {
            case nil: break
            case "min": key.takesGreatest = false
            case "max": key.takesGreatest = true
            case .some(let mode): throw .unsupported("sorting by [mode] [\(mode)]")
            }
            key.isMissingAllowed = member.value["unmapped_type"] != nil
            keys.append(key)
        }
        return keys
    }
}

/// Which parts of a document are shown.
struct SourceFilter: Sendable, Equatable {
    var isShown = true
    var included: [String] = []
    var excluded: [String] = []

    init() {}

    init(_ json: JSON) throws(SearchError) {
        switch json {
        case .bool(let shown): isShown = shown
        case .text(let pattern): included = [pattern]
        case .list(let patterns): included = patterns.compactMap(\.text)
        case .object:
            included = (json["includes"] ?? json["include"])?.elements.compactMap(\.text) ?? []
            excluded = (json["excludes"] ?? json["exclude"])?.elements.compactMap(\.text) ?? []
        case .null: break
        case .number:
            throw .parsing("Expected one of [VALUE_BOOLEAN, VALUE_STRING, START_ARRAY, START_OBJECT] for [_source]")
        }
    }

    mutating func read(_ parameters: [String: String]) {
        func list(_ text: String) -> [String] { text.split(separator: ",").map(String.init) }
        switch parameters["_source"] {
        case nil: break
        case "true", "": isShown = true
        case "false": isShown = false
        case .some(let patterns): included = list(patterns)
        }
        if let patterns = parameters["_source_includes"] { included = list(patterns) }
        if let patterns = parameters["_source_excludes"] { excluded = list(patterns) }
    }

    /// What is left of a document.
    func applied(to document: JSON) -> JSON {
        guard !included.isEmpty || !excluded.isEmpty else { return document }
        return filtered(document, at: "", isIncluded: included.isEmpty) ?? [:]
    }

    private func filtered(_ value: JSON, at path: String, isIncluded: Bool) -> JSON? {
        switch value {
        case .object(let members):
            let kept = members.compactMap { member -> JSON.Member? in
                let place = path.isEmpty ? member.name : "\(path).\(member.name)"
                guard !excluded.contains(where: { Wildcard.matches(place, $0) }) else { return nil }
                let isIn = isIncluded || included.contains { Wildcard.matches(place, $0) }
                return filtered(member.value, at: place, isIncluded: isIn).map { .init(member.name, $0) }
            }
            return kept.isEmpty && !isIncluded ? nil : .object(kept)
        case .list(let list):
            let kept = list.compactMap { filtered($0, at: path, isIncluded: isIncluded) }
            return kept.isEmpty && !isIncluded ? nil : .list(kept)
        case .null, .bool, .number, .text: return isIncluded ? value : nil
        }
    }
}
