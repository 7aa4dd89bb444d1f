/// Any JSON value, as variables of an environment see it.
enum JSONTree: Decodable {
    case leaf(String)
    case object([String: JSONTree])
    case array([JSONTree])
    case null

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let text = try? value.decode(String.self) {  // Each of these fails when it is another kind.
            self = .leaf(text)
        } else if let flag = try? value.decode(Bool.self) {
            self = .leaf(String(flag))
        } else if let number = try? value.decode(Int64.self) {
            self = .leaf(String(number))
        } else if let number = try? value.decode(Double.self) {
            self = .leaf(String(number))
        } else if let list = try? value.decode([JSONTree].self) {
            self = .array(list)
        } else {
            self = .object(try value.decode([String: JSONTree].self))
        }
    }

    /// `{"database": {"url": "x"}, "hosts": ["a"]}` is `DATABASE_URL=x` and `HOSTS_0=a`; a null is nothing.
    var flattened: [String: String] { Dictionary(pairs(below: []), uniquingKeysWith: { $1 }) }

    private func pairs(below path: [String]) -> [(String, String)] {
        switch self {
        case .leaf(let text): path.isEmpty ? [] : [(path.joined(separator: "_").uppercased(), text)]
        case .object(let members): members.sorted { $0.key < $1.key }.flatMap { $1.pairs(below: path + [$0]) }
        case .array(let members): members.enumerated().flatMap { $1.pairs(below: path + [String($0)]) }
        case .null: []
        }
    }
}
