/// The operating system that apps see.
///
/// Source: the published Platform API schema, `stack`.
package struct StackResource: Codable, Sendable, Equatable {
    package var isDefault: Bool
    package var createdAt: String
    package var id: String
    package var name: String
    package var state: String
    package var updatedAt: String

    package init(
        isDefault: Bool, createdAt: String, id: String, name: String, state: String, updatedAt: String
    ) {
        self.isDefault = isDefault
        self.createdAt = createdAt
        self.id = id
        self.name = name
        self.state = state
        self.updatedAt = updatedAt
    }

    private enum CodingKeys: String, CodingKey {
        case id, name, state
        case isDefault = "default"
        case createdAt = "created_at"
        case updatedAt = "updated_at"
    }
}
