/// How many dynos of one type, of which size; what is absent stays.
package struct FormationUpdate: Codable, Sendable, Equatable {
    package var type: String
    package var quantity: FormationQuantity?
    /// `Basic`, in any case.
    package var size: String?

    package init(
        type: String, quantity: FormationQuantity? = nil, size: String? = nil
    ) {
        self.type = type
        self.quantity = quantity
        self.size = size
    }

    /// Takes the size also as `dyno_size`, and as an object with its name.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: LooseKeys.self)
        // A body of its own needs no type: the path of that endpoint names it.
        let isWholeBody = decoder.codingPath.isEmpty
        type = isWholeBody ? "" : try container.decode(String.self, forKey: .type)
        quantity = try container.decodeIfPresent(FormationQuantity.self, forKey: .quantity)
        size = try container.decodeName(forKey: .size) ?? container.decodeName(forKey: .dynoSize)
    }

    private enum LooseKeys: String, CodingKey {
        case type, quantity, size
        case dynoSize = "dyno_size"
    }
}
