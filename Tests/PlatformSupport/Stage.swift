package import Addons
internal import Git
internal import Logs
package import Model
package import Platform
internal import Posix
internal import Slugs
internal import Store

/// A conductor with real books (SQLite, logs) in a scratch folder, and a runtime and a router that only remember.
package struct Stage: ~Copyable, Sendable {
    package let platform: Platform
    package let router: FakeRouter
    package let runtime: FakeRuntime
    package let servers: ServerKeeper
    /// Everything that the stage keeps is in here.
    package let folder: String
    private let store: Store
    private let logs: LogBook
    private let running: Task<Void, Never>

    /// - Parameters:
    ///   - clock: `nil` is this machine's.
    ///   - ecoHours: the month's pool; `nil` is Heroku's.
    ///   - sleep: how it waits; the live clock unless a test moves it.
    package init(
        _ runtime: FakeRuntime = FakeRuntime(), router: FakeRouter = FakeRouter(), clock: FakeClock? = nil,
        ecoHours: Duration? = nil, addons: AddonCatalogue = AddonCatalogue([FakeProvider(), Scheduler()]),
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) throws {
        self.runtime = runtime
        self.router = router
        folder = "/tmp/paas-platform-tests-\(Identifier<Stage.Scratch>())"
        try FileTree.makeFolder(folder)
        let pool = BlockingPool(limit: 1)
        store = try Store(path: ":memory:")
        logs = LogBook(folder: "\(folder)/logs")
        let time =
            clock?.time ?? Time(now: { Timestamp(microseconds: Moment.realtimeMicroseconds) }, sleep: sleep)
        let servers = ServerKeeper(runtime: runtime.runtime, time: time)
        self.servers = servers
        let machines = Machines(
            store: store, git: GitStore(folder: "\(folder)/git"),
            layers: LayerStore(folder: "\(folder)/slugs"), logs: logs,
            runtime: runtime.runtime, routing: router.routing,
            time: time,
            blocking: Blocking { job in _ = try? await pool.run { job() } },
            files: Files(
                makeFolder: { try FileTree.makeFolder($0) }, remove: { try FileTree.remove($0) },
                freeBytes: { try FileTree.freeBytes(at: $0) }, size: { try FileTree.size(of: $0) },
                names: { (try? FileTree.names(in: $0)) ?? [] },
                beginning: { path, limit in try? Descriptor(opening: path).read(atMost: limit) },
                synchronize: { try FileTree.synchronize($0) }),
            addons: addons, servers: servers)
        var settings = Settings(
            home: folder, port: 8080, apiEndpoint: .unix(path: "\(folder)/api.sock"), cli: "/usr/bin/true",
            searchPath: "/usr/bin:/bin", ownerHome: folder, buildPassthrough: [:])
        if let ecoHours { settings.ecoHours = ecoHours }
        let platform = Platform(machines, settings: settings)
        self.platform = platform
        running = Task {
            async let time: Void = platform.keepTime()
            async let jobs: Void = platform.reconciler.run()
            async let watching: Void = servers.watch()
            _ = await (time, jobs, watching)
        }
    }

    /// Ends what runs and removes the folder; nothing writes to it any more.
    package func close() async {
        running.cancel()
        await running.value
        await logs.flush()
        try? FileTree.remove(folder)  // As in deinit.
    }

    deinit {
        running.cancel()
        try? FileTree.remove(folder)  // A scratch folder that stays is no failure of the test.
    }

    private enum Scratch {}

    /// An app with a release that has these process types.
    package func app(_ name: String, _ types: [String: String]) async throws -> (App, Blueprint) {
        if router.installed.isEmpty { try await platform.start() }
        let app = try await platform.createApp(name: name)
        return (app, try blueprint(of: app, version: 3, types))
    }

    package func blueprint(
        of app: App, version: Int, _ types: [String: String], buildpack: String = "Test"
    ) throws -> Blueprint {
        let now = platform.now()
        var processTypes: [ProcessType: String] = [:]
        for (type, command) in types { processTypes[try Self.type(type)] = command }
        let slug = Slug(
            app: app.id, commit: nil, layers: [], processTypes: processTypes, sizeBytes: 0, buildpackName: buildpack,
            createdAt: now)
        let release = Release(
            app: app.id, version: version, status: .pending, description: "Deploy", slug: slug.id,
            config: ConfigVars(), actor: "me@example.com", createdAt: now, updatedAt: now)
        return Blueprint(release: release, slug: slug, layers: [])
    }

    package func formation(
        of app: App, _ quantities: [String: Int], size: DynoSize = .basic
    ) throws -> [FormationEntry] {
        try quantities.map { type, quantity in
            FormationEntry(
                app: app.id, type: try Self.type(type), quantity: quantity, size: size,
                createdAt: platform.now(), updatedAt: platform.now())
        }
    }

    /// What a push leaves behind: a build, its slug, release v3 that is current, and a formation whose dynos run.
    package func deployed(_ name: String, _ types: [String: String]) async throws -> Deployed {
        let (app, blueprint) = try await app(name, types)
        let formation = try formation(of: app, types.mapValues { _ in 1 })
        let now = platform.now()
        var release = blueprint.release
        release.status = .succeeded
        let (slug, current) = (blueprint.slug, release)
        let build = Build(
            app: app.id, commit: String(repeating: "a", count: 40), status: .succeeded, slug: slug.id,
            release: current.id, buildpacks: ["heroku/python"], actor: current.actor, createdAt: now, updatedAt: now)
        try await store.write { transaction in
            try transaction.insert(slug)
            try transaction.insert(current)
            try transaction.setCurrentRelease(current.id, of: app.id)
            try transaction.insert(build)
            for entry in formation { try transaction.upsert(entry) }
        }
        _ = try await platform.reconciler.deploy(
            blueprint, of: app.id, formation: formation, keepsOldOnFailure: true)
        return Deployed(app: app, release: current, slug: slug, build: build)
    }

    /// What ``deployed(_:_:)`` has made.
    package struct Deployed: Sendable {
        package let app: App
        package let release: Release
        package let slug: Slug
        package let build: Build
    }

    private static func type(_ text: String) throws -> ProcessType {
        guard let type = ProcessType(text) else { throw NoProcessType(text: text) }
        return type
    }

    private struct NoProcessType: Error {
        let text: String
    }

    /// Returns the log once it has that line, and has it behind the other one.
    package func log(of app: App, until line: String, after mark: String? = nil) async -> [String] {
        while true {
            let lines = await log(of: app)
            let start = mark.map { mark in lines.firstIndex { $0 == mark } ?? lines.endIndex } ?? 0
            if lines[start...].contains(line) { return lines }
            await Task.yield()
        }
    }

    package func log(of app: App) async -> [String] {
        await platform.log(of: app.id, matching: LogFilter(), last: 1000).map {
            "\($0.source.rawValue)[\($0.process)]: \(String(decoding: $0.message, as: UTF8.self))"
        }
    }
}
