/// How many dynos of one process type are wanted.
///
/// Source: the published Platform API schema, `formation`.
package struct FormationResource: Codable, Sendable, Equatable {
    package var app: NamedReference
    package var command: String
    package var createdAt: String
    package var dynoSize: NamedReference
    package var id: String
    package var quantity: Int
    /// `Basic`; the name of ``dynoSize``.
    package var size: String
    package var type: String
    package var updatedAt: String

    package init(
        app: NamedReference, command: String, createdAt: String, dynoSize: NamedReference, id: String, quantity: Int,
        size: String, type: String, updatedAt: String
    ) {
        self.app = app
        self.command = command
        self.createdAt = createdAt
        self.dynoSize = dynoSize
        self.id = id
        self.quantity = quantity
        self.size = size
        self.type = type
        self.updatedAt = updatedAt
    }

    private enum CodingKeys: String, CodingKey {
        case app, command, id, quantity, size, type
        case createdAt = "created_at"
        case dynoSize = "dyno_size"
        case updatedAt = "updated_at"
    }
}
