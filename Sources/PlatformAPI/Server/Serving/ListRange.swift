/// The part of a list that a client asked for: `Range: version ]3..; max=15, order=desc`.
///
/// What is absent has its default, and so has a field that the list does not know. Source: platform-api.md §1.7.
struct ListRange: Equatable {
    /// Where the part begins or ends: a value of the field.
    struct Bound: Equatable {
        var text: String
        /// The value itself is left out; written as a `]` before it.
        var isExclusive = false
    }

    var field: String?
    var start: Bound?
    var end: Bound?
    var max = 200
    var isDescending = false

    static let largestPage = 1000

    /// - Throws: ``BadRequest/range(_:)`` where an option has no usable value.
    init(_ header: String?) throws(BadRequest) {
        guard let header else { return }
        let halves = header.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
        let words = (halves.first ?? "").split(separator: " ", maxSplits: 1)
        field = words.first.map(String.init)
        if words.count == 2 { (start, end) = Self.bounds(in: words[1]) }
        for option in halves.dropFirst().joined().split(whereSeparator: { ", ;".contains($0) }) {
            let pair = option.split(separator: "=", maxSplits: 1)
            switch (pair.first, pair.dropFirst().first) {
            case ("max", let value):
                guard let number = value.flatMap({ Int($0) }), number > 0 else { throw .range(header) }
                max = min(number, Self.largestPage)
            case ("order", "desc"): isDescending = true
            case ("order", "asc"): isDescending = false
            case ("order", _): throw .range(header)
            default: continue  // Clients send stray words; Heroku takes no notice of them.
            }
        }
    }

    /// `]3..7`
    private static func bounds(in text: Substring) -> (Bound?, Bound?) {
        let bytes = Array(text.utf8)
        guard let dots = bytes.indices.dropLast().first(where: { bytes[$0...].starts(with: "..".utf8) }) else {
            return (nil, nil)
        }
        return (bound(bytes[..<dots]), bound(bytes[(dots + 2)...]))
    }

    private static func bound(_ bytes: ArraySlice<UInt8>) -> Bound? {
        let text = String(decoding: bytes.filter { $0 != UInt8(ascii: " ") }, as: UTF8.self)
        guard !text.isEmpty, text != "]" else { return nil }
        return text.hasPrefix("]") ? Bound(text: String(text.dropFirst()), isExclusive: true) : Bound(text: text)
    }

    /// `max=15`, `order=desc,max=15`
    var options: String { "\(isDescending ? "order=desc," : "")max=\(max)" }
}
