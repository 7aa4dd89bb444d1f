import APIClient
import APISchema
import Console

extension Command {
    /// The release of that number, or the newest.
    static func release(
        _ number: String?, _ platform: PlatformClient, _ app: AppResource
    ) async throws -> ReleaseResource {
        if let number { return try await platform.release(number, of: app.id) }
        guard let newest = try await platform.releases(of: app.id, newest: 1).first else {
            throw Failure("\(app.name) has no releases.")
        }
        return newest
    }
}
