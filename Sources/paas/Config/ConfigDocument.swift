import APISchema

/// What `config:get --json` prints: one `{"key":…,"value":…}`, or an array of them; a missing key is `null`.
enum ConfigDocument {
    private struct Pair: Encodable {
        let key: String
        @Nullable var value: String?
    }

    static func of(_ keys: [String], in vars: [String: String]) throws -> [UInt8] {
        let pairs = keys.map { Pair(key: $0, value: vars[$0]) }
        guard pairs.count == 1 else { return try WireJSON.encode(pairs) }
        return try WireJSON.encode(pairs[0])
    }
}
