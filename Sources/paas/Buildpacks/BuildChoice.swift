import APIClient
import APISchema
import Console

extension Command {
    /// The build of that id, or the newest.
    static func build(_ id: String?, _ platform: PlatformClient, _ app: AppResource) async throws -> BuildResource {
        if let id { return try await platform.build(id, of: app.id) }
        guard let newest = try await platform.builds(of: app.id).max(by: { $0.createdAt < $1.createdAt }) else {
            throw Failure("\(app.name) has no builds.", mend: ["git push paas main"])
        }
        return newest
    }
}
