/// Whose machines a region stands on.
///
/// Source: the published Platform API schema, `region.provider`.
package struct RegionProvider: Codable, Sendable, Equatable {
    package var name: String
    package var region: String

    package init(
        name: String, region: String
    ) {
        self.name = name
        self.region = region
    }
}
