/// What an index knows of its documents' fields: what was said of them, and what was learnt from documents.
struct Mapping: Sendable, Equatable {
    /// As `GET /INDEX/_mapping` shows it.
    private(set) var definition: JSON
    /// By path.
    private(set) var fields: [String: Field] = [:]
    private var readers: [String: [Field]] = [:]
    /// Paths of objects whose insides are kept and not looked at.
    private(set) var closed: Set<String> = []
    private(set) var nested: Set<String> = []
    /// Numbers once given; a field keeps its own.
    private(set) var numbers: [String: Int]

    /// As Elasticsearch's own limit.
    private static let fieldLimit = 1000
    private static let depthLimit = 20

    /// - Parameters:
    ///   - definition: `{"properties": {…}}`, with `dynamic` perhaps.
    ///   - numbers: of fields that are there already.
    init(_ definition: JSON, numbers: [String: Int] = [:]) throws(SearchError) {
        guard definition.members != nil else { throw .mapping("the mapping is no object") }
        for member in definition.members ?? [] where !Self.known.contains(member.name) {
            throw .mapping("Root mapping definition has unsupported parameters: [\(member.name)]")
        }
        self.definition = definition
        self.numbers = numbers
        try read(definition["properties"], below: "", depth: 1)
        guard fields.count <= Self.fieldLimit else {
            throw .illegal("Limit of total fields [\(Self.fieldLimit)] has been exceeded")
        }
    }

    private static let known: Set<String> = [
        "properties", "dynamic", "_source", "_meta", "date_detection", "numeric_detection", "_routing",
        "dynamic_date_formats",
    ]

    private mutating func read(_ properties: JSON?, below prefix: String, depth: Int) throws(SearchError) {
        guard let properties else { return }
        guard let members = properties.members else {
            throw .mapping("Expected map for property [properties] but got a class of \(properties.kind)")
        }
        guard depth <= Self.depthLimit else {
            throw .illegal("Limit of mapping depth [\(Self.depthLimit)] has been exceeded")
        }
        for member in members {
            guard !member.name.isEmpty, member.value.members != nil else {
                throw .mapping("Expected map for property [\(prefix)\(member.name)] but got \(member.value.kind)")
            }
            let path = prefix + member.name
            let type = member.value["type"]?.text ?? "object"
            switch type {
            case "object", "nested":
                if type == "nested" { nested.insert(path) }
                if member.value["enabled"]?.bool == false { closed.insert(path) }
                try read(member.value["properties"], below: path + ".", depth: depth + 1)
            case "binary": closed.insert(path)
            default:
                try add(path, member.value, source: path)
                for sub in member.value["fields"]?.members ?? [] {
                    try add("\(path).\(sub.name)", sub.value, source: path)
                }
            }
        }
    }

    private mutating func add(_ path: String, _ definition: JSON, source: String) throws(SearchError) {
        let number = numbers[path] ?? numbers.count
        let field = try Field(path, number: number, definition: definition, source: source)
        fields[path] = field
        readers[source, default: []].append(field)
        numbers[path] = number
    }

    /// The fields that read the value of that path: its own, and those under it with another analysis.
    func readers(of path: String) -> [Field] { readers[path] ?? [] }

    /// Those that a pattern with `*` means, or the one of that name, by name.
    func fields(matching pattern: String) -> [Field] {
        guard pattern.contains("*") else { return fields[pattern].map { [$0] } ?? [] }
        return fields.values.filter { Wildcard.matches($0.path, pattern) }.sorted { $0.path < $1.path }
    }

    // MARK: Changes

    /// With more fields.
    ///
    /// - Throws: an `illegal_argument_exception` where a field that is there would be of another type.
    func adding(_ more: JSON) throws(SearchError) -> Mapping {
        let merged = try Mapping(definition.merged(with: more), numbers: numbers)
        for (path, field) in fields {
            guard let now = merged.fields[path], now.type == field.type else {
                let type = merged.fields[path]?.type ?? "object"
                throw .illegal("mapper [\(path)] cannot be changed from type [\(field.type)] to [\(type)]")
            }
            guard now.kind == field.kind else {
                throw .illegal(
                    "Mapper for [\(path)] conflicts with existing mapper: Cannot update parameter [analyzer]")
            }
        }
        return merged
    }

    enum Dynamic { case learns, ignores, refuses }

    /// What happens to a field that is not there yet.
    var dynamic: Dynamic {
        switch definition["dynamic"]?.scalarText {
        case "false": .ignores
        case "strict": .refuses
        default: .learns
        }
    }

    private var detectsDates: Bool { definition["date_detection"]?.bool ?? true }

    /// With a field as the first value that was seen asks for; the same where that says nothing.
    func learning(_ path: String, from value: JSON) throws(SearchError) -> Mapping {
        guard let type = guess(value) else { return self }
        var wrapped = type
        for name in path.split(separator: ".", omittingEmptySubsequences: false).reversed() {
            wrapped = ["properties": .object([.init(String(name), wrapped)])]
        }
        return try adding(wrapped)
    }

    private func guess(_ value: JSON) -> JSON? {
        switch value {
        case .null, .list, .object: nil
        case .bool: ["type": "boolean"]
        case .number(let text): ["type": .text(text.contains { ".eE".contains($0) } ? "float" : "long")]
        case .text(let text):
            if detectsDates, text.wholeMatch(of: /\d{4}[-\/]\d{2}[-\/]\d{2}([T ].*)?/) != nil,
                DateText.milliseconds(text) != nil
            {
                ["type": "date"]
            } else {
                ["type": "text", "fields": ["keyword": ["type": "keyword", "ignore_above": 256]]]
            }
        }
    }
}

/// Names and terms with `*` for anything and `?` for one character.
enum Wildcard {
    static func matches(_ text: String, _ pattern: String) -> Bool {
        let (text, pattern) = (Array(text.unicodeScalars), Array(pattern.unicodeScalars))
        var (at, place) = (0, 0)
        var star: (place: Int, at: Int)?
        while at < text.count {
            if place < pattern.count, pattern[place] == "*" {
                star = (place, at)
                place += 1
            } else if place < pattern.count, pattern[place] == "?" || pattern[place] == text[at] {
                at += 1
                place += 1
            } else if let last = star {
                // The last star takes one more.
                star = (last.place, last.at + 1)
                at = last.at + 1
                place = last.place + 1
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == "*" }
    }
}
