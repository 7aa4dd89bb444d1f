/// Body of `POST /paas/v1/apps/{id}/pushes`, from the receive hook.
package struct PushRequest: Codable, Sendable, Equatable {
    package var updates: [RefUpdate]
    /// Where the pushed objects are: git's quarantine first, then the repository's own.
    package var objectDirectories: [String]

    package init(
        updates: [RefUpdate], objectDirectories: [String]
    ) {
        self.updates = updates
        self.objectDirectories = objectDirectories
    }

    private enum CodingKeys: String, CodingKey {
        case updates
        case objectDirectories = "object_directories"
    }
}
