import Git
import Logs
import Model
import Posix
import Slugs
import Store
import Testing

@testable import Platform

/// A conductor with real books (SQLite, logs) in a scratch folder, and a runtime and a router that only remember.
struct Stage: ~Copyable {
    let platform: Platform
    let router = FakeRouter()
    let runtime: FakeRuntime
    private let folder: String
    private let running: Task<Void, Never>

    init(_ runtime: FakeRuntime = FakeRuntime()) throws {
        self.runtime = runtime
        folder = "/tmp/paas-platform-tests-\(Identifier<Stage.Scratch>())"
        try FileTree.makeFolder(folder)
        let pool = BlockingPool(limit: 1)
        let machines = Machines(
            store: try Store(path: ":memory:"), git: GitStore(folder: "\(folder)/git"),
            layers: LayerStore(folder: "\(folder)/slugs"), logs: LogBook(folder: "\(folder)/logs"),
            runtime: runtime.runtime, routing: router.routing,
            time: Time(
                now: { Timestamp(microseconds: Moment.realtimeMicroseconds) },
                sleep: { try await Task.sleep(for: $0) }),
            blocking: Blocking { job in _ = try? await pool.run { job() } },
            files: Files(
                makeFolder: { try FileTree.makeFolder($0) }, remove: { try FileTree.remove($0) },
                freeBytes: { try FileTree.freeBytes(at: $0) }))
        let settings = Settings(
            home: folder, port: 8080, apiEndpoint: .unix(path: "\(folder)/api.sock"), cli: "/usr/bin/true",
            searchPath: "/usr/bin:/bin", ownerHome: folder, buildPassthrough: [:])
        let platform = Platform(machines, settings: settings)
        self.platform = platform
        running = Task { await platform.reconciler.run() }
    }

    deinit {
        running.cancel()
        try? FileTree.remove(folder)  // A scratch folder that stays is no failure of the test.
    }

    enum Scratch {}

    /// An app with a release that has these process types.
    func app(_ name: String, _ types: [String: String]) async throws -> (App, Blueprint) {
        await platform.reconciler.open()
        let app = try await platform.createApp(name: name)
        return (app, try blueprint(of: app, version: 3, types))
    }

    func blueprint(of app: App, version: Int, _ types: [String: String]) throws -> Blueprint {
        let now = platform.now()
        var processTypes: [ProcessType: String] = [:]
        for (type, command) in types { processTypes[try #require(ProcessType(type))] = command }
        let slug = Slug(
            app: app.id, commit: nil, layers: [], processTypes: processTypes, sizeBytes: 0, buildpackName: "Test",
            createdAt: now)
        let release = Release(
            app: app.id, version: version, status: .pending, description: "Deploy", slug: slug.id,
            config: ConfigVars(), actor: "me@example.com", createdAt: now, updatedAt: now)
        return Blueprint(release: release, slug: slug, layers: [])
    }

    func formation(of app: App, _ quantities: [String: Int]) throws -> [FormationEntry] {
        try quantities.map { type, quantity in
            FormationEntry(
                app: app.id, type: try #require(ProcessType(type)), quantity: quantity, size: .basic,
                createdAt: platform.now(), updatedAt: platform.now())
        }
    }

    func log(of app: App) async -> [String] {
        await platform.log(of: app.id, matching: LogFilter(), last: 1000).map {
            "\($0.source.rawValue)[\($0.process)]: \(String(decoding: $0.message, as: UTF8.self))"
        }
    }
}
