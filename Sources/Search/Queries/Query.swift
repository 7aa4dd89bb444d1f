/// What is looked for, as the query DSL of Elasticsearch says it, and nothing yet about any index.
indirect enum Query: Sendable, Equatable {
    case all(boost: Double)
    case none
    case text(TextQuery)
    case term(field: String, value: JSON, ignoresCase: Bool, boost: Double)
    case terms(field: String, values: [JSON], boost: Double)
    case range(RangeQuery)
    case exists(field: String, boost: Double)
    case prefix(field: String, text: String, ignoresCase: Bool, boost: Double)
    case wildcard(field: String, pattern: String, ignoresCase: Bool, boost: Double)
    case fuzzy(field: String, text: String, Fuzziness, boost: Double)
    case ids([String], boost: Double)
    case bool(BoolQuery)
    case constant(Query, boost: Double)
    case best([Query], tieBreaker: Double, boost: Double)
    case boosting(Query, against: Query, by: Double, boost: Double)
}

/// Words that are looked for in one field or several: what `match`, `match_phrase`, `multi_match` and the words of a
/// `query_string` come down to.
struct TextQuery: Sendable, Equatable {
    enum Kind: String, Sendable {
        case bestFields = "best_fields"
        case mostFields = "most_fields"
        case crossFields = "cross_fields"
        case phrase
        case phrasePrefix = "phrase_prefix"
        case boolPrefix = "bool_prefix"
    }

    /// A name, which may hold `*`, and how much it counts.
    struct Target: Sendable, Equatable {
        var pattern: String
        var boost = 1.0
    }

    var targets: [Target]
    var text: String
    var kind = Kind.bestFields
    var needsAll = false
    var minimum: MinimumMatch?
    var slop = 0
    var fuzziness: Fuzziness?
    var analyzer: Analyzer?
    var tieBreaker: Double?
    /// Whether a field that such a text can't be in is left out instead of refusing the query.
    var isLenient = false
    var boost = 1.0
}

struct RangeQuery: Sendable, Equatable {
    struct Bound: Sendable, Equatable {
        var value: JSON
        var isIncluded: Bool
    }

    var field: String
    var lower: Bound?
    var upper: Bound?
    var boost = 1.0
}

struct BoolQuery: Sendable, Equatable {
    var must: [Query] = []
    var should: [Query] = []
    var filter: [Query] = []
    var mustNot: [Query] = []
    var minimum: MinimumMatch?
    var boost = 1.0
}

/// How many of several clauses have to be met. Source: Elasticsearch's reference, minimum_should_match.
struct MinimumMatch: Sendable, Equatable {
    private enum Amount: Equatable { case count(Int), percent(Int) }
    /// `2<75%`: up to so many clauses all of them, above it the amount.
    private var steps: [(above: Int, amount: Amount)] = []

    static func == (left: MinimumMatch, right: MinimumMatch) -> Bool {
        left.steps.elementsEqual(right.steps) { $0.above == $1.above && $0.amount == $1.amount }
    }

    /// - Throws: a `parsing_exception` for what is none.
    init(_ text: String) throws(SearchError) {
        for part in text.split(separator: " ") {
            let halves = part.split(separator: "<").map(String.init)
            let above = halves.count == 2 ? Int(halves[0]) : 0
            guard let above, let last = halves.last, halves.count <= 2, let amount = Self.amount(last) else {
                throw .parsing("minimum_should_match can't be [\(text)]")
            }
            steps.append((above, amount))
        }
        guard !steps.isEmpty else { throw .parsing("minimum_should_match can't be empty") }
    }

    private static func amount(_ text: String) -> Amount? {
        if text.hasSuffix("%") { return Int(text.dropLast()).map { .percent($0) } }
        return Int(text).map { .count($0) }
    }

    func required(of clauses: Int) -> Int {
        guard let step = steps.last(where: { clauses > $0.above }) else { return clauses }
        let number: Int
        switch step.amount {
        case .count(let count): number = count < 0 ? clauses + max(count, -clauses) : count
        case .percent(let percent):
            let part = clauses * min(max(abs(percent), 0), 1000) / 100
            number = percent < 0 ? clauses - part : part
        }
        return max(0, number)
    }
}

/// How far a word may be from the one that is looked for.
struct Fuzziness: Sendable, Equatable {
    enum Distance: Sendable, Equatable { case automatic(low: Int, high: Int), fixed(Int) }

    var distance = Distance.automatic(low: 3, high: 6)
    /// So many characters have to be the same at the beginning.
    var prefixLength = 0
    var expansions = 50

    /// - Throws: a `parsing_exception` for what is none.
    init(_ value: JSON?) throws(SearchError) {
        guard let text = value?.scalarText else { return }
        if text.uppercased().hasPrefix("AUTO") {
            let numbers = text.dropFirst(5).split(separator: ",").compactMap { Int($0) }
            if numbers.count == 2 { distance = .automatic(low: numbers[0], high: numbers[1]) }
        } else if let number = Double(text), (0...2).contains(number) {
            distance = .fixed(Int(number))
        } else {
            throw .parsing("Valid fuzziness values are 0, 1, 2 and AUTO, not [\(text)]")
        }
    }

    func edits(for term: String) -> Int {
        switch distance {
        case .fixed(let number): number
        case .automatic(let low, let high): term.count < low ? 0 : term.count < high ? 1 : 2
        }
    }
}
