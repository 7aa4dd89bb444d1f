import Model
import PlatformSupport
import Testing

@testable import Platform

@Suite("A dyno's environment", .timeLimit(.minutes(1)))
struct DynoEnvironmentTests {
    @Test(
        "names the port of the app's database where that is not the usual one, unless the app does so itself",
        arguments: [
            (["DATABASE_URL": "postgres://u:p@127.0.0.1:5433/d"], "5433"),
            (["DATABASE_URL": "postgres://u:p@127.0.0.1:5433/d", "PGPORT": "1"], "1"),
            (["DATABASE_URL": "postgres://u:p@127.0.0.1:5432/d"], nil),
            (["DATABASE_URL": "postgres://u:p@db.example.com:6000/d"], nil),
            (["DATABASE_URL": "sqlite:///db"], nil), ([:], nil),
        ] as [([String: String], String?)])
    func databasePort(config: [String: String], port: String?) async throws {
        let stage = try Stage()
        let (app, blueprint) = try await stage.app("shop", ["web": "serve"])
        let old = blueprint.release
        let release = Release(
            app: app.id, version: 3, status: .succeeded, description: "Deploy", slug: old.slug,
            config: ConfigVars(config), actor: old.actor, createdAt: old.createdAt, updatedAt: old.updatedAt)
        let name = try #require(DynoName("web.1"))
        let environment = DynoEnvironment.of(
            name, in: app, blueprint: Blueprint(release: release, slug: blueprint.slug, layers: []))
        #expect(environment["PGPORT"] == port && environment["DYNO"] == "web.1")
        await stage.close()
    }
}
