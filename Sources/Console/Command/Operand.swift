/// A word that a command takes without a flag in front.
package struct Operand: Sendable, Hashable {
    package enum Count: Sendable { case one, optional, any, many }

    package let name: String
    package let count: Count
    package let help: String

    /// Exactly one.
    package static func required(_ name: String, _ help: String) -> Operand { Operand(name, .one, help) }
    /// One or none.
    package static func optional(_ name: String, _ help: String) -> Operand { Operand(name, .optional, help) }
    /// Any number, also none.
    package static func any(_ name: String, _ help: String) -> Operand { Operand(name, .any, help) }
    /// At least one.
    package static func many(_ name: String, _ help: String) -> Operand { Operand(name, .many, help) }

    private init(_ name: String, _ count: Count, _ help: String) {
        self.name = name
        self.count = count
        self.help = help
    }

    /// `NAME`, `[NAME]`, `[NAME...]`, `NAME...`.
    package var usage: String {
        switch count {
        case .one: name
        case .optional: "[\(name)]"
        case .any: "[\(name)...]"
        case .many: "\(name)..."
        }
    }

    var isRequired: Bool { count == .one || count == .many }
    var repeats: Bool { count == .any || count == .many }
}
