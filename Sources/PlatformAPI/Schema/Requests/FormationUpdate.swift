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
}
