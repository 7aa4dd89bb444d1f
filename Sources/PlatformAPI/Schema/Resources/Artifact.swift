/// What a release runs.
///
/// Source: the published Platform API schema, `release.artifacts`.
package struct Artifact: Codable, Sendable, Equatable {
    /// `slug`.
    package var type: String
    package var id: String

    package init(
        type: String, id: String
    ) {
        self.type = type
        self.id = id
    }
}
