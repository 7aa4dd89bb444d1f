/// A number of dynos, or a change of it. Clients send `2`, `"2"`, `"+1"` and `"-1"`.
package enum FormationQuantity: Codable, Sendable, Equatable {
    case absolute(Int)
    /// To be added to the quantity of now; may be negative.
    case relative(Int)

    /// - Returns: `nil` unless `text` is a number with or without a sign.
    package init?(_ text: String) {
        guard let number = Int(text) else { return nil }
        self = text.hasPrefix("+") || text.hasPrefix("-") ? .relative(number) : .absolute(number)
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Int.self) {  // Not a number is no failure: it may be a text.
            self = .absolute(number)
            return
        }
        let text = try container.decode(String.self)
        guard let quantity = Self(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is no quantity")
        }
        self = quantity
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .absolute(let number): try container.encode(number)
        case .relative(let change): try container.encode(change < 0 ? String(change) : "+\(change)")
        }
    }

    /// The number of dynos wanted when there are `now`; never below zero.
    package func applied(to now: Int) -> Int {
        switch self {
        case .absolute(let number): number
        case .relative(let change): max(0, now + change)
        }
    }
}
