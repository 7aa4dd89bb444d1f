/// Where apps run.
///
/// Source: the published Platform API schema, `region`.
package struct RegionResource: Codable, Sendable, Equatable {
    package var country: String
    package var createdAt: String
    package var description: String
    package var id: String
    package var locale: String
    package var name: String
    package var privateCapable: Bool
    package var provider: RegionProvider
    package var updatedAt: String

    package init(
        country: String, createdAt: String, description: String, id: String, locale: String, name: String,
        privateCapable: Bool = false, provider: RegionProvider, updatedAt: String
    ) {
        self.country = country
        self.createdAt = createdAt
        self.description = description
        self.id = id
        self.locale = locale
        self.name = name
        self.privateCapable = privateCapable
        self.provider = provider
        self.updatedAt = updatedAt
    }

    private enum CodingKeys: String, CodingKey {
        case country, description, id, locale, name, provider
        case createdAt = "created_at"
        case privateCapable = "private_capable"
        case updatedAt = "updated_at"
    }
}
