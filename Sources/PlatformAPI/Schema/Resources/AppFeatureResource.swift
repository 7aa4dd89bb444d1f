/// A switch that an app has.
///
/// Source: the published Platform API schema, `app-feature`.
package struct AppFeatureResource: Codable, Sendable, Equatable {
    package var createdAt: String
    package var description: String
    package var docURL: String
    package var enabled: Bool
    package var id: String
    package var name: String
    /// `general`.
    package var state: String
    package var updatedAt: String
    package var displayName: String
    package var feedbackEmail: String

    package init(
        createdAt: String, description: String, docURL: String, enabled: Bool, id: String, name: String, state: String,
        updatedAt: String, displayName: String, feedbackEmail: String
    ) {
        self.createdAt = createdAt
        self.description = description
        self.docURL = docURL
        self.enabled = enabled
        self.id = id
        self.name = name
        self.state = state
        self.updatedAt = updatedAt
        self.displayName = displayName
        self.feedbackEmail = feedbackEmail
    }

    private enum CodingKeys: String, CodingKey {
        case description, enabled, id, name, state
        case createdAt = "created_at"
        case docURL = "doc_url"
        case updatedAt = "updated_at"
        case displayName = "display_name"
        case feedbackEmail = "feedback_email"
    }
}
