internal import FoundationEssentials

/// The token in an `Authorization` header: `Bearer TOKEN`, or the password of `Basic`. Source: platform-api.md §1.2.
struct Credentials {
    private let token: [UInt8]?

    init(_ header: String?) {
        let parts = (header ?? "").split(separator: " ", maxSplits: 1)
        switch parts.first?.lowercased() {
        case "bearer" where parts.count == 2:
            token = Array(parts[1].utf8)
        case "basic" where parts.count == 2:
            let pair = Data(base64Encoded: String(parts[1])).map { Array($0) } ?? []
            token = pair.firstIndex(of: UInt8(ascii: ":")).map { Array(pair[($0 + 1)...]) }
        default:
            token = nil
        }
    }

    /// What was given, whatever it is worth.
    var text: String? { token.flatMap { String(validating: $0, as: UTF8.self) } }

    func holds(_ expected: String) -> Bool { token.map { Self.areEqual($0, Array(expected.utf8)) } ?? false }

    /// Compares every byte, so that the time it takes tells nothing.
    static func areEqual(_ given: [UInt8], _ expected: [UInt8]) -> Bool {
        guard given.count == expected.count else { return false }
        return zip(given, expected).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
