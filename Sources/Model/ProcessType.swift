/// The name of a line of a Procfile: `web`, `worker`, `release`.
package struct ProcessType: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let text: String

    /// - Returns: `nil` unless `text` is 1 to 128 of letters, digits, `-` and `_`. Source: the published
    ///   schema, `formation.type`.
    package init?(_ text: some StringProtocol) {
        guard (1...128).contains(text.utf8.count), text.utf8.allSatisfy(Self.isWordByte) else { return nil }
        self.text = String(text)
    }

    private init(known text: String) { self.text = text }

    package static let web = ProcessType(known: "web")
    package static let release = ProcessType(known: "release")
    package static let run = ProcessType(known: "run")
    package static let scheduler = ProcessType(known: "scheduler")

    package var description: String { text }

    package static func < (left: Self, right: Self) -> Bool { left.text < right.text }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

/// `web.1`, `run.4321`: a process type and a number.
package struct DynoName: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let type: ProcessType
    package let number: Int

    package init(_ type: ProcessType, _ number: Int) {
        self.type = type
        self.number = number
    }

    /// - Returns: `nil` unless `text` is `TYPE.NUMBER` with a positive number.
    package init?(_ text: some StringProtocol) {
        guard let dot = text.lastIndex(of: "."), let type = ProcessType(text[..<dot]),
            let number = Int(text[text.index(after: dot)...]), number > 0
        else { return nil }
        self.init(type, number)
    }

    package var description: String { "\(type.text).\(number)" }

    package static func < (left: Self, right: Self) -> Bool { (left.type, left.number) < (right.type, right.number) }
}
