/// Clients send some values loosely; what they mean is plain. Source: platform-api.md §1.9.
extension KeyedDecodingContainer {
    /// `true`, `1` or `"true"`.
    func decodeFlag(forKey key: Key) throws -> Bool? {
        guard contains(key), try !decodeNil(forKey: key) else { return nil }
        if let number = try? decode(Int.self, forKey: key) { return number != 0 }  // Of another kind: tried below.
        return try decode(Bool.self, forKey: key)
    }

    /// `"basic"` or `{"name": "basic"}`.
    func decodeName(forKey key: Key) throws -> String? {
        guard contains(key), try !decodeNil(forKey: key) else { return nil }
        if let name = try? decode(String.self, forKey: key) { return name }  // Of another kind: tried below.
        return try decode([String: String].self, forKey: key)["name"]
    }
}

/// A text that clients may also send as a number or a truth value.
package struct LooseText: Decodable, Sendable, Equatable {
    package let text: String

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        // Each attempt that fails says only that the value is of another kind.
        if let flag = try? container.decode(Bool.self) {
            text = "\(flag)"
        } else if let number = try? container.decode(Int.self) {
            text = "\(number)"
        } else if let number = try? container.decode(Double.self) {
            text = "\(number)"
        } else {
            text = try container.decode(String.self)
        }
    }
}
