/// A UUID that knows what it names, so that a release's id never goes where an app's belongs.
///
/// Source: every resource of the published Platform API schema has an `id` of format `uuid`.
package struct Identifier<Subject>: Hashable, Sendable, CustomStringConvertible {
    private let high: UInt64
    private let low: UInt64

    /// A new random identifier (UUID version 4).
    package init() {
        var generator = SystemRandomNumberGenerator()
        high = (generator.next() & ~0xF000) | 0x4000
        low = (generator.next() & ~(0b11 << 62)) | (0b10 << 62)
    }

    /// - Returns: `nil` unless `text` is 32 hexadecimal digits grouped 8-4-4-4-12 by dashes.
    package init?(_ text: some StringProtocol) {
        let groups = text.split(separator: "-", omittingEmptySubsequences: false)
        guard groups.map(\.utf8.count) == [8, 4, 4, 4, 12] else { return nil }
        let digits = groups.joined()
        guard digits.utf8.allSatisfy({ Self.isHexadecimal($0) }),
            let high = UInt64(digits.prefix(16), radix: 16),
            let low = UInt64(digits.suffix(16), radix: 16)
        else { return nil }
        self.high = high
        self.low = low
    }

    /// The 128 bits, for files that keep many; what ``words`` gave makes the same identifier again.
    package init(words: (high: UInt64, low: UInt64)) {
        high = words.high
        low = words.low
    }

    package var words: (high: UInt64, low: UInt64) { (high, low) }

    /// Lower-case, with dashes: `01234567-89ab-4cde-8f01-23456789abcd`.
    package var description: String {
        let digits = Self.hexadecimal(high) + Self.hexadecimal(low)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { text.append("-") }
            text.append(digit)
        }
        return text
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }

    private static func hexadecimal(_ word: UInt64) -> String {
        let digits = String(word, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

package typealias AppID = Identifier<App>
package typealias ReleaseID = Identifier<Release>
package typealias SlugID = Identifier<Slug>
package typealias DynoID = Identifier<DynoSpec>
package typealias BuildID = Identifier<Build>
