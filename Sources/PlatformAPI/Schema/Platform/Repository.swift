/// Answer of `GET /paas/v1/apps/{app}/repository`.
package struct Repository: Codable, Sendable, Equatable {
    /// Absolute.
    package var path: String
    /// The app's id.
    package var id: String

    package init(
        path: String, id: String
    ) {
        self.path = path
        self.id = id
    }
}
