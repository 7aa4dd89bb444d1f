/// Reads `simple_query_string`: `+` all, `|` any, `-` not, quotes, `word*`, parentheses. What makes no sense is left out.
struct SimpleQueryStringParser {
    private let template: TextQuery
    private let characters: [Character]
    private var index = 0
    private var depth = 0

    /// - Parameter body: what stands under `simple_query_string`.
    static func parse(_ body: JSON) throws(SearchError) -> Query {
        guard let text = body["query"]?.scalarText else {
            throw .parsing("[simple_query_string] query text missing")
        }
        let names = (body["fields"]?.elements ?? []).compactMap(\.scalarText)
        var template = TextQuery(
            targets: names.isEmpty ? [.init(pattern: "*")] : names.map(QueryParser.target), text: "", isLenient: true)
        template.needsAll = body["default_operator"]?.text?.lowercased() == "and"
        if let minimum = body["minimum_should_match"]?.scalarText { template.minimum = try MinimumMatch(minimum) }
        var parser = SimpleQueryStringParser(template: template, text: text)
        let query = parser.clauses() ?? .none
        guard let boost = body["boost"]?.double else { return query }
        return .bool(BoolQuery(must: [query], boost: boost))
    }

    private init(template: TextQuery, text: String) {
        self.template = template
        characters = Array(text.prefix(100_000))
    }

    private var next: Character? { index < characters.count ? characters[index] : nil }

    private mutating func clauses() -> Query? {
        depth += 1
        defer { depth -= 1 }
        var groups: [[Query]] = [[]]
        var excluded: [Query] = []
        var joinsAny = !template.needsAll
        while let character = next, character != ")" {
            if character.isWhitespace || character == "+" {
                if character == "+" { joinsAny = false }
                index += 1
            } else if character == "|" {
                joinsAny = true
                index += 1
            } else if character == "-" {
                index += 1
                if let clause = clause() { excluded.append(clause) }
            } else if let clause = clause() {
                if joinsAny || groups == [[]] {
                    groups[groups.count - 1].append(clause)
                } else {
                    groups.append([clause])
                }
                joinsAny = !template.needsAll
            }
        }
        if groups == [[]] && excluded.isEmpty { return nil }
        let parts = groups.filter { !$0.isEmpty }
        if parts.count == 1, parts[0].count == 1, excluded.isEmpty { return parts[0][0] }
        if parts.count == 1 {
            return .bool(BoolQuery(should: parts[0], mustNot: excluded, minimum: template.minimum))
        }
        let must = parts.map { $0.count == 1 ? $0[0] : .bool(BoolQuery(should: $0)) }
        return .bool(BoolQuery(must: must, mustNot: excluded))
    }

    private mutating func clause() -> Query? {
        var query = template
        query.minimum = nil
        switch next {
        case nil: return nil
        case "(" where depth < 30:
            index += 1
            let inner = clauses()
            if next == ")" { index += 1 }
            return inner
        case "\"":
            index += 1
            query.text = take(while: { $0 != "\"" })
            if next == "\"" { index += 1 }
            query.kind = .phrase
        default:
            query.text = take(while: { !$0.isWhitespace && !"+|\"()~".contains($0) })
            if query.text.isEmpty {
                // A mark that means nothing here.
                index += 1
                return nil
            }
            if query.text.hasSuffix("*"), query.text.count > 1 {
                query.text.removeLast()
                query.kind = .boolPrefix
            }
        }
        if next == "~" {
            index += 1
            let number = take(while: \.isNumber)
            if query.kind == .phrase {
                query.slop = min(Int(number) ?? 0, 10_000)
            } else {
                // A distance that there is not is left out.
                query.fuzziness = try? Fuzziness(number.isEmpty ? nil : .text(number))
            }
        }
        return query.text.isEmpty ? nil : .text(query)
    }

    private mutating func take(while belongs: (Character) -> Bool) -> String {
        var text = ""
        while let next, belongs(next) {
            index += 1
            if next == "\\", let escaped = self.next {
                index += 1
                text.append(escaped)
            } else {
                text.append(next)
            }
        }
        return text
    }
}
