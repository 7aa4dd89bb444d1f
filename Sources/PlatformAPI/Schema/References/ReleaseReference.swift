/// A release, by id and number.
package struct ReleaseReference: Codable, Sendable, Equatable {
    package var id: String
    package var version: Int

    package init(
        id: String, version: Int
    ) {
        self.id = id
        self.version = version
    }
}
