import Model
import Posix
import Testing

@testable import Store

@Suite("The platform's memory")
struct StoreTests {
    @Test("has every change on the disk before it is acknowledged, so that a power cut takes none")
    func isDurable() async throws {
        let store = try Store(path: ":memory:")
        let mode = try await store.read { try $0.connection.row("PRAGMA synchronous") { $0.int(0) } }
        #expect(mode == 2, "FULL. Source: sqlite.org/pragma.html")
    }

    @Test("gives back every row as it was put in")
    func roundTrip() async throws {
        let store = try Store(path: ":memory:")
        let app = try Samples.app("webchecker")
        let slug = try Samples.slug(of: app.id)
        let release = Samples.release(
            of: app.id, version: 1, slug: slug.id, config: ["A": "", "B": "two\nlines = 'quoted' \"ü\" 🦊"])
        var build = Build(
            app: app.id, commit: "abc", buildpacks: ["heroku/python"], actor: "me", createdAt: Samples.then,
            updatedAt: Samples.then)
        try await store.write { [build] (transaction) throws in
            try transaction.insert(app)
            try transaction.insert(slug)
            try transaction.insert(release)
            try transaction.insert(build)
        }
        build.status = .succeeded
        build.slug = slug.id
        build.release = release.id
        try await store.write { [build] in try $0.update(build) }
        try await store.read { [build] (transaction) throws in
            #expect(try transaction.app(app.id) == app)
            #expect(try transaction.app(named: app.name) == app)
            #expect(try transaction.apps() == [app])
            #expect(try transaction.slug(slug.id) == slug)
            #expect(try transaction.slugs(of: app.id) == [slug])
            #expect(try transaction.release(release.id) == release)
            #expect(try transaction.release(of: app.id, version: 1) == release)
            #expect(try transaction.build(build.id) == build)
            #expect(try transaction.builds(of: app.id) == [build])
            #expect(try transaction.pendingBuilds() == [])
            #expect(try transaction.app(AppID()) == nil)
        }
    }

    @Test("undoes the whole of a transaction that throws")
    func rollback() async throws {
        struct Stop: Error {}
        let store = try Store(path: ":memory:")
        let app = try Samples.app("webchecker")
        await #expect(throws: Stop.self) {
            try await store.write { (transaction) throws in
                try transaction.insert(app)
                try transaction.set("port", to: "8080")
                try transaction.record(Samples.event("create"))
                throw Stop()
            }
        }
        try await store.read { (transaction) throws in
            #expect(try transaction.apps() == [])
            #expect(try transaction.setting("port") == nil)
            #expect(try transaction.events(after: 0, limit: 10) == [])
        }
    }

    @Test("keeps a name unique among living apps only")
    func names() async throws {
        let store = try Store(path: ":memory:")
        let first = try Samples.app("webchecker")
        let second = try Samples.app("webchecker", ordinal: 2)
        try await store.write { try $0.insert(first) }
        await #expect(throws: StoreError.appNameTaken(first.name)) { try await store.write { try $0.insert(second) } }
        var other = try Samples.app("other", ordinal: 2)
        try await store.write { [other] in try $0.insert(other) }
        other.name = first.name
        await #expect(throws: StoreError.appNameTaken(first.name)) {
            try await store.write { [other] in try $0.update(other) }
        }
        try await store.write { try $0.remove(first.id) }
        try await store.write { [other] in try $0.update(other) }
        #expect(try await store.read { try $0.app(named: first.name)?.id } == other.id)
    }

    @Test("gives a new app the lowest ordinal that no living app has")
    func ordinals() async throws {
        let store = try Store(path: ":memory:")
        let apps = try (1...3).map { try Samples.app("app-\($0)", ordinal: $0) }
        #expect(try await store.read { try $0.freeOrdinal() } == 1)
        try await store.write { transaction in for app in apps { try transaction.insert(app) } }
        #expect(try await store.read { try $0.freeOrdinal() } == 4)
        try await store.write { try $0.remove(apps[1].id) }
        #expect(try await store.read { try $0.freeOrdinal() } == 2)
    }

    @Test("never gives a release number twice, lists the newest first, and moves current only when told")
    func releases() async throws {
        let store = try Store(path: ":memory:")
        let app = try Samples.app("webchecker")
        try await store.write { (transaction) throws in
            try transaction.insert(app)
            for _ in 1...3 {
                try transaction.insert(Samples.release(of: app.id, version: try transaction.nextVersion(of: app.id)))
            }
        }
        try await store.write { (transaction) throws in
            #expect(try transaction.releases(of: app.id).map(\.version) == [3, 2, 1])
            #expect(try transaction.currentRelease(of: app.id) == nil)
            var second = try #require(try transaction.release(of: app.id, version: 2))
            second.status = .succeeded
            try transaction.update(second)
            try transaction.setCurrentRelease(second.id, of: app.id)
            #expect(try transaction.currentRelease(of: app.id) == second)
            try transaction.connection.run("DELETE FROM releases WHERE version = 3")
            #expect(try transaction.nextVersion(of: app.id) == 4)
        }
    }

    @Test("keeps outputs of any bytes in the order in which they came")
    func outputs() async throws {
        let store = try Store(path: ":memory:")
        let app = try Samples.app("webchecker")
        let release = Samples.release(of: app.id, version: 1)
        try await store.write { (transaction) throws in
            try transaction.insert(app)
            try transaction.insert(release)
            #expect(try transaction.releaseOutput(release.id) == nil)
            try transaction.appendReleaseOutput([0, 255, 10], to: release.id)
            try transaction.appendReleaseOutput([], to: release.id)
            try transaction.appendReleaseOutput([7], to: release.id)
            #expect(try transaction.releaseOutput(release.id) == [0, 255, 10, 7])
        }
    }

    @Test("changes a formation entry in place and removes it")
    func formation() async throws {
        let store = try Store(path: ":memory:")
        let app = try Samples.app("webchecker")
        let entry = FormationEntry(
            app: app.id, type: .web, quantity: 1, size: .basic, createdAt: Samples.then, updatedAt: Samples.then)
        let changed = FormationEntry(
            app: app.id, type: .web, quantity: 3, size: .eco, createdAt: Samples.then, updatedAt: Samples.then)
        try await store.write { (transaction) throws in
            try transaction.insert(app)
            try transaction.upsert(entry)
            try transaction.upsert(changed)
            let kept = try transaction.formation(of: app.id)
            #expect(kept.map(\.id) == [entry.id])
            #expect(kept.map(\.quantity) == [3])
            #expect(kept.map(\.size) == [.eco])
            try transaction.removeFormation(of: app.id, type: .web)
            #expect(try transaction.formation(of: app.id) == [])
        }
    }

    @Test("forgets with an app all that was its own, but not its events")
    func removal() async throws {
        let store = try Store(path: ":memory:")
        let app = try Samples.app("webchecker")
        let slug = try Samples.slug(of: app.id)
        let release = Samples.release(of: app.id, version: 1, slug: slug.id, config: ["SECRET": "x"])
        try await store.write { (transaction) throws in
            try transaction.insert(app)
            try transaction.insert(slug)
            try transaction.insert(release)
            try transaction.setCurrentRelease(release.id, of: app.id)
            try transaction.record(Samples.event("create", app: app.id))
            try transaction.remove(app.id)
        }
        try await store.read { (transaction) throws in
            for table in ["apps", "app_features", "slugs", "slug_layers", "releases", "release_config"] {
                #expect(try transaction.connection.row("SELECT count(*) FROM \(table)") { $0.int(0) } == 0, "\(table)")
            }
            #expect(try transaction.events(after: 0, limit: 10).map(\.app) == [app.id])
        }
    }

    @Test("leaves a release its slug's id when the slug is collected")
    func collectedSlug() async throws {
        let store = try Store(path: ":memory:")
        let app = try Samples.app("webchecker")
        let slug = try Samples.slug(of: app.id)
        let release = Samples.release(of: app.id, version: 1, slug: slug.id)
        try await store.write { (transaction) throws in
            try transaction.insert(app)
            try transaction.insert(slug)
            try transaction.insert(release)
            try transaction.removeSlug(slug.id)
            #expect(try transaction.slug(slug.id) == nil)
            #expect(try transaction.release(release.id)?.slug == slug.id)
        }
    }

    @Test("numbers events one after the other and pages through them")
    func events() async throws {
        let store = try Store(path: ":memory:")
        try await store.write { (transaction) throws in
            for action in ["create", "update", "destroy"] { try transaction.record(Samples.event(action)) }
        }
        let first = try await store.read { try $0.events(after: 0, limit: 2) }
        #expect(first.map(\.action) == ["create", "update"])
        let last = try #require(first.last).sequence
        #expect(try await store.read { try $0.events(after: last, limit: 2) }.map(\.action) == ["destroy"])
    }

    @Test("sets, changes, lists and removes settings")
    func settings() async throws {
        let store = try Store(path: ":memory:")
        try await store.write { (transaction) throws in
            try transaction.set("token.1", to: "a")
            try transaction.set("token.2", to: "b")
            try transaction.set("tokens%", to: "c")
            try transaction.set("token.1", to: "d")
            #expect(try transaction.settings(startingWith: "token.").map(\.value) == ["d", "b"])
            try transaction.set("token.1", to: nil)
            #expect(try transaction.setting("token.1") == nil)
        }
    }

    @Test("answers a call after it was closed with an error")
    func closed() async throws {
        let store = try Store(path: ":memory:")
        await store.close()
        await #expect(throws: StoreError.closed) { try await store.read { try $0.apps() } }
    }
}
