import Model

@testable import Store

/// Values as the conductor would make them.
enum Samples {
    static let then = Timestamp(microseconds: 1_700_000_000_123_456)

    static func app(_ name: String, ordinal: Int = 1) throws -> App {
        App(
            name: try AppName(name), createdAt: then, updatedAt: then, maintenance: false,
            buildpacks: ["heroku/nodejs", "heroku/python"], features: ["strict": true, "atomic-deploy": false],
            ordinal: ordinal)
    }

    static func release(of app: AppID, version: Int, slug: SlugID? = nil, config: [String: String] = [:]) -> Release {
        Release(
            app: app, version: version, status: .pending, description: "Deploy 1a2b3c4d", slug: slug,
            config: ConfigVars(config), actor: "me@example.com", createdAt: then, updatedAt: then)
    }

    static func slug(of app: AppID, layers: [String] = ["c", "a", "b"]) throws -> Slug {
        Slug(
            app: app, commit: String(repeating: "a1", count: 20), layers: layers,
            processTypes: [.web: "gunicorn app:app", .release: "./migrate 'x'"], sizeBytes: 5_000_000_000,
            buildpackName: "Python", createdAt: then)
    }

    static func event(_ action: String, app: AppID? = nil) -> Event {
        Event(
            time: then, actor: "me@example.com", app: app, resource: "app", resourceID: "x", action: action,
            after: "webchecker")
    }
}
