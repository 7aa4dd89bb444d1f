/// One field of an index, as its mapping says.
struct Field: Sendable, Equatable {
    enum Kind: Sendable, Equatable {
        case text(Analyzer, search: Analyzer)
        case keyword
        case whole
        case fraction
        case boolean
        case date
    }

    /// `title`, `author.name`, `title.keyword`
    let path: String
    /// Its number among the index's fields, by which tables are named.
    let number: Int
    let kind: Kind
    /// As it stands in the mapping.
    let type: String
    /// `false`: kept in the document, and not looked for.
    let isIndexed: Bool
    /// Longer keywords are not looked for.
    let ignoreAbove: Int
    /// Whether a value of another kind is left out instead of refusing the document.
    let ignoresMalformed: Bool
    /// What stands for null.
    let nullValue: JSON?
    /// Of another field, for which it is read in another way: `title` of `title.keyword`.
    let source: String

    var isText: Bool { if case .text = kind { true } else { false } }

    private static let types: [String: Kind] = [
        "keyword": .keyword, "constant_keyword": .keyword, "wildcard": .keyword, "ip": .keyword, "version": .keyword,
        "long": .whole, "integer": .whole, "short": .whole, "byte": .whole, "unsigned_long": .whole,
        "double": .fraction, "float": .fraction, "half_float": .fraction, "scaled_float": .fraction,
        "boolean": .boolean, "date": .date, "date_nanos": .date,
    ]
    private static let textTypes: Set<String> = ["text", "match_only_text", "search_as_you_type", "string"]

    /// - Parameter definition: what stands under the field's name in the mapping.
    init(_ path: String, number: Int, definition: JSON, source: String) throws(SearchError) {
        let type = definition["type"]?.text ?? "object"
        if Self.textTypes.contains(type) {
            let analyzer = try Self.analyzer(definition["analyzer"]) ?? .standard
            kind = .text(analyzer, search: try Self.analyzer(definition["search_analyzer"]) ?? analyzer)
        } else if let kind = Self.types[type] {
            self.kind = kind
        } else {
            throw .mapping(
                "No handler for type [\(type)] declared on field [\(path)]: the search server that is built into paas "
                    + "has text, keyword, numbers, boolean, date, object and nested")
        }
        self.path = path
        self.number = number
        self.type = type
        self.source = source
        isIndexed = definition["index"]?.bool ?? true
        ignoreAbove = definition["ignore_above"]?.int ?? .max
        ignoresMalformed = definition["ignore_malformed"]?.bool ?? false
        nullValue = definition["null_value"]
    }

    private static func analyzer(_ value: JSON?) throws(SearchError) -> Analyzer? {
        guard let name = value?.text else { return nil }
        return try Analyzer(named: name)
    }

    // MARK: Values

    /// The value of a document, or of a query, as the index has it; `nil` for one that is not to be found.
    ///
    /// - Throws: a `mapper_parsing_exception` for a value of another kind.
    func value(_ json: JSON) throws(SearchError) -> SQLValue? {
        if case .object = json { throw failure(json) }
        switch kind {
        case .text: return json.scalarText.map(SQLValue.text)
        case .keyword: return json.scalarText.flatMap { $0.count > ignoreAbove ? nil : .text($0) }
        case .whole:
            if let number = json.scalarText.flatMap({ Int64($0) }) { return .integer(number) }
            guard json.bool == nil, let number = json.double, let whole = Int64(exactly: number.rounded(.towardZero))
            else { throw failure(json) }
            return .integer(whole)
        case .fraction:
            guard let number = json.double else { throw failure(json) }
            return .real(number)
        case .boolean:
            if json == .text("") { return .integer(0) }
            guard let value = json.bool else { throw failure(json) }
            return .integer(value ? 1 : 0)
        case .date:
            guard let text = json.scalarText, let time = DateText.milliseconds(text) else { throw failure(json) }
            return .integer(time)
        }
    }

    private func failure(_ json: JSON) -> SearchError {
        let shown = String(decoding: json.encoded.prefix(100), as: UTF8.self)
        return .mapping("failed to parse field [\(path)] of type [\(type)]: \(shown) is none")
    }
}
