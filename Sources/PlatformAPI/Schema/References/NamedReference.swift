/// Another resource, by its id and name.
package struct NamedReference: Codable, Sendable, Equatable {
    package var id: String
    package var name: String

    package init(
        id: String, name: String
    ) {
        self.id = id
        self.name = name
    }
}
