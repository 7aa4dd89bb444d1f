/// Body of `POST /apps/{app}/releases`: a rollback.
package struct ReleaseCreate: Codable, Sendable, Equatable {
    /// Id of the release to go back to.
    package var release: String

    package init(
        release: String
    ) {
        self.release = release
    }
}
