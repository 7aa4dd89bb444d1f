/// Reads what people type into Lucene's query language: `title:(quick OR brown) -fox "a phrase" year:[2020 TO *]`.
struct QueryStringParser {
    private let fields: [TextQuery.Target]
    private let needsAll: Bool
    private let isLenient: Bool
    private var scanner: Scanner
    private var depth = 0

    /// - Parameter body: what stands under `query_string`.
    /// - Throws: a `query_shard_exception` for a text that can't be understood.
    static func parse(_ body: JSON) throws(SearchError) -> Query {
        guard let text = body["query"]?.scalarText else {
            throw .parsing("[query_string] must be provided with a [query]")
        }
        var names = (body["fields"]?.elements ?? []).compactMap(\.scalarText)
        if let field = body["default_field"]?.text, names.isEmpty { names = [field] }
        let fields = names.isEmpty ? [.init(pattern: "*")] : names.map(QueryParser.target)
        var parser = QueryStringParser(
            fields: fields, needsAll: body["default_operator"]?.text?.lowercased() == "and",
            isLenient: body["lenient"]?.bool ?? fields.contains { $0.pattern.contains("*") },
            scanner: Scanner(text))
        let query = try parser.whole()
        guard let boost = body["boost"]?.double else { return query }
        return .bool(BoolQuery(must: [query], boost: boost))
    }

    private init(fields: [TextQuery.Target], needsAll: Bool, isLenient: Bool, scanner: Scanner) {
        self.fields = fields
        self.needsAll = needsAll
        self.isLenient = isLenient
        self.scanner = scanner
    }

    private func failure(_ reason: String) -> SearchError {
        SearchError(400, "query_shard_exception", "Failed to parse query [\(scanner.text.prefix(200))]: \(reason)")
    }

    private mutating func whole() throws(SearchError) -> Query {
        let query = try clauses(in: fields)
        guard scanner.isAtEnd else { throw failure("there is a ) too many") }
        return query
    }

    // MARK: Clauses

    private enum Occurrence { case should, must, mustNot }

    private mutating func clauses(in targets: [TextQuery.Target]) throws(SearchError) -> Query {
        depth += 1
        defer { depth -= 1 }
        guard depth <= 30 else { throw failure("it is nested more than 30 deep") }
        var list: [(occurrence: Occurrence, query: Query)] = []
        while true {
            scanner.skipSpace()
            if scanner.isAtEnd || scanner.next == ")" { break }
            guard list.count < 1024 else { throw failure("it has more than 1024 clauses") }
            let isJoined = scanner.takeWord("AND") || scanner.take("&&")
            let isOr = !isJoined && (scanner.takeWord("OR") || scanner.take("||"))
            // The first of `a AND b` has to be there, too.
            if isJoined, let last = list.indices.last, list[last].occurrence == .should {
                list[last].occurrence = .must
            }
            if isOr, needsAll, let last = list.indices.last, list[last].occurrence == .must {
                list[last].occurrence = .should
            }
            scanner.skipSpace()
            var occurrence: Occurrence = isJoined || (needsAll && !isOr) ? .must : .should
            if scanner.takeWord("NOT") || scanner.take("-") || scanner.take("!") {
                occurrence = .mustNot
            } else if scanner.take("+") {
                occurrence = .must
            }
            scanner.skipSpace()
            guard !scanner.isAtEnd, scanner.next != ")" else { throw failure("something is missing at its end") }
            list.append((occurrence, try clause(in: targets)))
        }
        if list.count == 1, list[0].occurrence != .mustNot { return list[0].query }
        return .bool(
            BoolQuery(
                must: list.filter { $0.occurrence == .must }.map(\.query),
                should: list.filter { $0.occurrence == .should }.map(\.query),
                mustNot: list.filter { $0.occurrence == .mustNot }.map(\.query)))
    }

    private mutating func clause(in targets: [TextQuery.Target]) throws(SearchError) -> Query {
        var targets = targets
        if let field = scanner.takeField() {
            if field == "_exists_" {
                scanner.skipSpace()
                return .exists(field: scanner.takeTerm().text, boost: 1)
            }
            targets = [.init(pattern: field)]
            scanner.skipSpace()
        }
        let query: Query
        switch scanner.next {
        case "(":
            _ = scanner.take("(")
            query = try clauses(in: targets)
            guard scanner.take(")") else { throw failure("a ) is missing") }
        case "\"":
            guard let phrase = scanner.takeQuoted() else { throw failure("a quote does not end") }
            var text = TextQuery(targets: targets, text: phrase, kind: .phrase, isLenient: isLenient)
            if scanner.take("~") { text.slop = min(Int(scanner.takeNumber()) ?? 0, 10_000) }
            query = .text(text)
        case "[", "{": query = try range(targets)
        case ">", "<": query = comparison(targets)
        case "/": throw SearchError.unsupported("a regular expression in a [query_string]")
        default: query = try term(targets)
        }
        guard scanner.take("^") else { return query }
        guard let boost = Double(scanner.takeNumber()) else { throw failure("a number was expected behind ^") }
        return .bool(BoolQuery(must: [query], boost: boost))
    }

    private mutating func term(_ targets: [TextQuery.Target]) throws(SearchError) -> Query {
        let term = scanner.takeTerm()
        guard !term.text.isEmpty else { throw failure("[\(scanner.next.map(String.init) ?? "")] was not expected") }
        if term.hasWildcard {
            if term.text == "*" {
                return targets.contains { $0.pattern == "*" }
                    ? .all(boost: 1) : any(targets) { .exists(field: $0, boost: 1) }
            }
            return any(targets) { .wildcard(field: $0, pattern: term.text, ignoresCase: true, boost: 1) }
        }
        var query = TextQuery(targets: targets, text: term.text, needsAll: needsAll, isLenient: isLenient)
        if scanner.take("~") {
            let number = scanner.takeNumber()
            query.fuzziness = try Fuzziness(number.isEmpty ? nil : .text(number))
        }
        return .text(query)
    }

    private mutating func range(_ targets: [TextQuery.Target]) throws(SearchError) -> Query {
        let includesLower = scanner.take("[")
        if !includesLower { _ = scanner.take("{") }
        let lower = scanner.takeBound()
        scanner.skipSpace()
        guard scanner.takeWord("TO") else { throw failure("a range needs TO") }
        let upper = scanner.takeBound()
        scanner.skipSpace()
        let includesUpper = scanner.take("]")
        guard includesUpper || scanner.take("}") else { throw failure("a range does not end") }
        return any(targets) { field in
            .range(
                RangeQuery(
                    field: field, lower: lower == "*" ? nil : .init(value: .text(lower), isIncluded: includesLower),
                    upper: upper == "*" ? nil : .init(value: .text(upper), isIncluded: includesUpper)))
        }
    }

    /// `>=10`
    private mutating func comparison(_ targets: [TextQuery.Target]) -> Query {
        let isLower = scanner.take(">")
        if !isLower { _ = scanner.take("<") }
        let isIncluded = scanner.take("=")
        let bound = RangeQuery.Bound(value: .text(scanner.takeTerm().text), isIncluded: isIncluded)
        return any(targets) { field in
            .range(RangeQuery(field: field, lower: isLower ? bound : nil, upper: isLower ? nil : bound))
        }
    }

    private func any(_ targets: [TextQuery.Target], _ query: (String) -> Query) -> Query {
        guard targets.count > 1 else { return query(targets.first?.pattern ?? "*") }
        return .best(targets.map { query($0.pattern) }, tieBreaker: 0, boost: 1)
    }
}

/// Reads a typed query from left to right.
private struct Scanner {
    let text: String
    private let scalars: [Character]
    private var index = 0

    init(_ text: String) {
        self.text = text
        scalars = Array(text)
    }

    var isAtEnd: Bool { index >= scalars.count }
    var next: Character? { isAtEnd ? nil : scalars[index] }

    mutating func skipSpace() { while let next, next.isWhitespace { index += 1 } }

    mutating func take(_ text: String) -> Bool {
        guard scalars[index...].starts(with: text) else { return false }
        index += text.count
        return true
    }

    /// A word that stands alone: AND, and not the beginning of ANDREW.
    mutating func takeWord(_ word: String) -> Bool {
        guard scalars[index...].starts(with: word) else { return false }
        let end = index + word.count
        guard end == scalars.count || scalars[end].isWhitespace || "()\"".contains(scalars[end]) else { return false }
        index = end
        return true
    }

    /// What stands before a colon.
    mutating func takeField() -> String? {
        var end = index
        var name = ""
        while end < scalars.count {
            let character = scalars[end]
            if character == "\\", end + 1 < scalars.count {
                name.append(scalars[end + 1])
                end += 2
            } else if character == ":" {
                guard !name.isEmpty, end + 1 < scalars.count else { return nil }
                index = end + 1
                return name
            } else if character.isLetter || character.isNumber || "_.*@-".contains(character) {
                name.append(character)
                end += 1
            } else {
                return nil
            }
        }
        return nil
    }

    mutating func takeQuoted() -> String? {
        var quoted = ""
        index += 1
        while let next {
            index += 1
            if next == "\"" { return quoted }
            if next == "\\", let escaped = self.next {
                index += 1
                quoted.append(escaped)
            } else {
                quoted.append(next)
            }
        }
        return nil
    }

    mutating func takeTerm() -> (text: String, hasWildcard: Bool) {
        var (term, hasWildcard) = ("", false)
        while let next, !next.isWhitespace, !"()\"^~[]{}".contains(next) {
            index += 1
            if next == "\\", let escaped = self.next {
                index += 1
                term.append(escaped)
            } else {
                hasWildcard = hasWildcard || next == "*" || next == "?"
                term.append(next)
            }
        }
        return (term, hasWildcard)
    }

    mutating func takeBound() -> String {
        skipSpace()
        if next == "\"" { return takeQuoted() ?? "" }
        var bound = ""
        while let next, !next.isWhitespace, !"]}".contains(next) {
            bound.append(next)
            index += 1
        }
        return bound
    }

    mutating func takeNumber() -> String {
        var number = ""
        while let next, next.isNumber || next == "." {
            number.append(next)
            index += 1
        }
        return number
    }
}
