/// Another resource, by its id.
package struct Reference: Codable, Sendable, Equatable {
    package var id: String

    package init(
        id: String
    ) {
        self.id = id
    }
}
