import APIClient
import APISchema
import Console

/// A key-value store as a command means it. Source: heroku-cli.md §15.
struct StoreChoice {
    let platform: PlatformClient
    let app: AppResource
    let attachment: AddonAttachmentResource

    /// `redis-flat-12345 (REDIS_URL)`
    var title: String { "\(attachment.addon.name) (\(attachment.configVars.joined(separator: ", ")))" }
    var id: String { attachment.addon.id }

    /// - Parameter text: an attachment or an add-on; without it the app has to have one only.
    init(_ text: String?, _ invocation: Invocation) async throws {
        let all = try await Self.all(invocation)
        let wanted: [AddonAttachmentResource]
        if let text {
            wanted = try await all.platform.resolveAttachments(text, app: all.app.name, service: "heroku-redis")
        } else {
            wanted = all.attachments
        }
        guard let first = wanted.first else {
            throw Failure(
                "No Redis instances found.", mend: ["paas addons:create heroku-redis -a \(all.app.name)"])
        }
        guard wanted.allSatisfy({ $0.addon.id == first.addon.id }) else {
            throw Failure(
                "Please specify a single instance. Found: \(wanted.map(\.addon.name).joined(separator: ", "))")
        }
        (platform, app, attachment) = (all.platform, all.app, first)
    }

    /// Every one that is attached to the app.
    static func all(
        _ invocation: Invocation
    ) async throws -> (platform: PlatformClient, app: AppResource, attachments: [AddonAttachmentResource]) {
        let (platform, app) = try await invocation.target()
        let attachments = try await platform.attachments(of: app.id)
        return (platform, app, attachments.filter { $0.addon.plan.name.hasPrefix("heroku-redis:") })
    }

    /// `redis://:…`
    func url() async throws -> String {
        let config = try await platform.configVars(of: attachment.app.id)
        guard let key = attachment.configVars.first, let url = config[key] else {
            throw Failure("\(attachment.addon.name) has no address yet.", mend: ["paas redis:wait"])
        }
        return url
    }
}
