import Model
import Testing

@testable import Store

@Suite("What dynos have lost")
struct LostFileTests {
    private func loss(_ app: App, _ name: String, at seconds: Int64, count: Int = 2) throws -> DynoLoss {
        DynoLoss(
            id: DynoID(), app: app.id, name: try #require(DynoName(name)),
            time: Timestamp(microseconds: seconds * 1_000_000),
            files: LostFiles(
                files: [LostFile(path: "b", sizeBytes: 1), LostFile(path: "a é", sizeBytes: 5_000_000_000)],
                count: count, isComplete: count == 2))
    }

    @Test("is kept newest first, once each, and can be asked of one dyno")
    func kept() async throws {
        let store = try Store(path: ":memory:")
        let app = try Samples.app("writer")
        let losses = [try loss(app, "web.1", at: 1), try loss(app, "worker.1", at: 2, count: 99)]
        try await store.write { transaction in
            try transaction.insert(app)
            for loss in losses + losses { try transaction.insert(loss, keeping: 10) }
        }
        #expect(try await store.read { try $0.losses(of: app.id) } == [losses[1], losses[0]])
        #expect(try await store.read { try $0.losses(of: app.id, dyno: DynoName("web.1")) } == [losses[0]])
    }

    @Test("is kept of the newest dynos only, and goes with the app")
    func bounded() async throws {
        let store = try Store(path: ":memory:")
        let app = try Samples.app("writer")
        let losses = try (1...5).map { try loss(app, "web.1", at: Int64($0)) }
        try await store.write { transaction in
            try transaction.insert(app)
            for loss in losses { try transaction.insert(loss, keeping: 3) }
        }
        #expect(try await store.read { try $0.losses(of: app.id) } == losses.suffix(3).reversed())
        try await store.write { try $0.remove(app.id) }
        #expect(try await store.read { try $0.losses(of: app.id) } == [])
    }
}
