/// Where a slug can be fetched.
///
/// Source: the published Platform API schema, `slug.blob`.
package struct SlugBlob: Codable, Sendable, Equatable {
    package var method: String
    package var url: String

    package init(
        method: String, url: String
    ) {
        self.method = method
        self.url = url
    }
}
