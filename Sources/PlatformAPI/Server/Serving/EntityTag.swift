/// A short name of a body's bytes (FNV-1a, 64 bits): enough to see that they have not changed.
struct EntityTag {
    let text: String

    init(_ bytes: [UInt8]) { text = "\"\(String(Self.hash(bytes), radix: 16))-\(bytes.count)\"" }

    /// Whether the header (`"a", W/"b"`, `*`) names this one.
    func isListed(in header: String?) -> Bool {
        (header ?? "").split(whereSeparator: { $0 == "," || $0 == " " }).contains { entry in
            entry == "*" || (entry.hasPrefix("W/") ? entry.dropFirst(2) : entry) == text
        }
    }

    static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
