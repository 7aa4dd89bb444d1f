/// A way to read an app's log.
///
/// Source: the published Platform API schema, `log-session`.
package struct LogSessionResource: Codable, Sendable, Equatable {
    package var createdAt: String
    package var id: String
    /// GET it for the lines as chunked text; on this socket when it begins with `http://localhost/`.
    package var logplexURL: String
    package var updatedAt: String

    package init(
        createdAt: String, id: String, logplexURL: String, updatedAt: String
    ) {
        self.createdAt = createdAt
        self.id = id
        self.logplexURL = logplexURL
        self.updatedAt = updatedAt
    }

    private enum CodingKeys: String, CodingKey {
        case id
        case createdAt = "created_at"
        case logplexURL = "logplex_url"
        case updatedAt = "updated_at"
    }
}
