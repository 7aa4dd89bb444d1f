import Model
import PlatformSupport
import Testing

@testable import Platform

@Suite("The reconciler", .timeLimit(.minutes(1)))
struct ReconcilerTests {
    @Test("routes a first deploy when its web dyno listens")
    func firstDeploy() async throws {
        let stage = try Stage()
        let (app, blueprint) = try await stage.app("first", ["web": "serve"])
        let report = try await stage.platform.reconciler.deploy(
            blueprint, of: app.id, formation: try stage.formation(of: app, ["web": 1]), keepsOldOnFailure: true)
        #expect(report == .up)
        let states = stage.router.states(of: "first.localhost")
        #expect(states.first == .refusing(.blankApp))
        guard case .serving(let backends) = states.last else { return #expect(Bool(false), "\(states)") }
        #expect(backends.map(\.name) == ["web.1"])
        await stage.close()
    }

    @Test("keeps the old dynos in the table until the new ones answer, and stops them after that")
    func overlap() async throws {
        let stage = try Stage()
        let (app, first) = try await stage.app("overlap", ["web": "serve"])
        let formation = try stage.formation(of: app, ["web": 2])
        _ = try await stage.platform.reconciler.deploy(first, of: app.id, formation: formation, keepsOldOnFailure: true)
        let second = try stage.blueprint(of: app, version: 4, ["web": "serve"])
        _ = try await stage.platform.reconciler.deploy(
            second, of: app.id, formation: formation, keepsOldOnFailure: true)
        let started = stage.runtime.started
        #expect(started.map { "\($0.spec.name)" } == ["web.1", "web.2", "web.1", "web.2"])
        let servingIDs = stage.router.states(of: "overlap.localhost").compactMap { state -> Set<DynoID>? in
            guard case .serving(let backends) = state else { return nil }
            return Set(backends.map(\.id))
        }
        #expect(servingIDs.last == Set(started[2...].map(\.spec.id)))
        // From the first moment on somebody always serves, and the two generations are never mixed.
        let old = Set(started[..<2].map(\.spec.id))
        #expect(servingIDs.allSatisfy { $0.isSubset(of: old) || $0.isDisjoint(with: old) })
        let sinceFirst = stage.router.states(of: "overlap.localhost").drop { state in
            guard case .serving = state else { return true }
            return false
        }
        #expect(!sinceFirst.contains(.starting))
        await stage.close()
    }

    @Test("changes nothing when a new dyno ends before it listens")
    func refusedDeploy() async throws {
        let stage = try Stage(
            FakeRuntime { dyno in
                if dyno.spec.tags["release"] == "3" { return dyno.bind() }
                dyno.say("ImportError: no module named app")
                dyno.end(.code(3))
            })
        let (app, first) = try await stage.app("refused", ["web": "serve"])
        let formation = try stage.formation(of: app, ["web": 1])
        _ = try await stage.platform.reconciler.deploy(first, of: app.id, formation: formation, keepsOldOnFailure: true)
        let before = stage.router.installed.last?.routes["refused.localhost"]
        let second = try stage.blueprint(of: app, version: 4, ["web": "serve"])
        let failure = await #expect(throws: BootFailure.self) {
            _ = try await stage.platform.reconciler.deploy(
                second, of: app.id, formation: formation, keepsOldOnFailure: true)
        }
        #expect(failure?.reason == "web.1 exited with status 3")
        #expect(failure?.lastLines == ["ImportError: no module named app"])
        #expect(stage.router.installed.last?.routes["refused.localhost"] == before)
        #expect(await stage.platform.reconciler.blueprint(of: app.id)?.release.version == 3)
        #expect(stage.runtime.started.first?.isStopped == false)
        await stage.close()
    }

    @Test("refuses a restart whose dynos don't come up, and speaks of no release")
    func refusedRestart() async throws {
        let stage = try Stage(
            FakeRuntime { dyno in
                if dyno.spec.tags["role"] == "incoming" { dyno.end(.code(1)) } else { dyno.bind() }
            })
        let app = try await stage.deployed("again", ["web": "serve"]).app
        let failure = await #expect(throws: PlatformError.self) { try await stage.platform.restart(app) }
        let explanation = try #require(failure?.explanation)
        #expect(explanation.what == "Couldn't restart again, so the web dynos that ran before keep running")
        #expect(explanation.why == "web.1 exited with status 1")
        #expect(!explanation.mend.contains { $0.contains("releases:retry") })
        await stage.close()
    }

    @Test("reports a first deploy that crashes, and answers its requests with H10 while it cools off")
    func firstCrash() async throws {
        let stage = try Stage(FakeRuntime { $0.end(.code(1)) })
        let (app, blueprint) = try await stage.app("crash", ["web": "false"])
        let report = try await stage.platform.reconciler.deploy(
            blueprint, of: app.id, formation: try stage.formation(of: app, ["web": 1]), keepsOldOnFailure: true)
        #expect(report == .crashed(reason: "web.1 exited with status 1", lastLines: []))
        await stage.router.reaches("crash.localhost") { $0 == .refusing(.appCrashed) }
        #expect(await stage.log(of: app).contains("heroku[web.1]: State changed from starting to crashed"))
        await stage.close()
    }

    @Test("starts a crashed dyno again at once")
    func restart() async throws {
        let stage = try Stage()
        let (app, blueprint) = try await stage.app("again", ["web": "serve"])
        _ = try await stage.platform.reconciler.deploy(
            blueprint, of: app.id, formation: try stage.formation(of: app, ["web": 1]), keepsOldOnFailure: true)
        let first = try #require(stage.runtime.started.first)
        first.end(.signal(9))
        await stage.router.reaches("again.localhost") { state in
            guard case .serving(let backends) = state else { return false }
            return backends.first?.id != first.spec.id
        }
        let log = await stage.log(of: app)
        #expect(log.contains("heroku[web.1]: Process exited with status 137"))
        #expect(log.contains("heroku[web.1]: State changed from up to crashed"))
        #expect(log.contains("heroku[web.1]: State changed from crashed to starting"))
        await stage.close()
    }

    @Test("scales down the highest numbers, and to none: H14")
    func scale() async throws {
        let stage = try Stage()
        let (app, blueprint) = try await stage.app("scaled", ["web": "serve", "worker": "work"])
        _ = try await stage.platform.reconciler.deploy(
            blueprint, of: app.id, formation: try stage.formation(of: app, ["web": 3]), keepsOldOnFailure: true)
        try await stage.platform.reconciler.scale(app.id, to: try stage.formation(of: app, ["web": 1]))
        #expect(await stage.platform.reconciler.dynos(of: app.id).map { "\($0.name)" } == ["web.1"])
        try await stage.platform.reconciler.scale(app.id, to: try stage.formation(of: app, ["web": 0]))
        #expect(stage.router.states(of: "scaled.localhost").last == .refusing(.noWebProcesses))
        await stage.close()
    }

    @Test("writes down who won before the old dynos go, and who stays and who goes")
    func written() async throws {
        let stage = try Stage()
        let (app, first) = try await stage.app("written", ["web": "serve"])
        let formation = try stage.formation(of: app, ["web": 1])
        _ = try await stage.platform.reconciler.deploy(first, of: app.id, formation: formation, keepsOldOnFailure: true)
        let second = try stage.blueprint(of: app, version: 4, ["web": "serve"])
        let (runtime, router) = (stage.runtime, stage.router)
        _ = try await stage.platform.reconciler.deploy(
            second, of: app.id, formation: formation, keepsOldOnFailure: true
        ) {
            #expect(runtime.started.count == 2)
            #expect(runtime.started.first?.isStopped == false)
            guard case .serving(let backends) = router.states(of: "written.localhost").last else { return }
            #expect(backends.map(\.id) == [runtime.started[0].spec.id])
        }
        #expect(runtime.started.last?.tags["role"] == "formation")
        while runtime.started.first?.isStopped == false { await Task.yield() }
        #expect(runtime.started.first?.tags["role"] == "leaving")
        await stage.close()
    }

    @Test("adopts of several dynos for one place the one that had it, and stops the others once that is told")
    func adoption() async throws {
        let stage = try Stage()
        let (app, blueprint) = try await stage.app("heir", ["web": "serve"])
        func dyno(_ role: String, release: Int) throws -> FakeRuntime.FakeDyno {
            let dyno = FakeRuntime.FakeDyno(
                DynoSpec(
                    app: app.id, appOrdinal: 1, name: try #require(DynoName("web.1")), content: .slug(layers: []),
                    command: "serve", environment: [:], wantsPort: true,
                    tags: ["role": role, "release": "\(release)"]))
            dyno.bind()
            return dyno
        }
        let dynos = [
            try dyno("leaving", release: 3), try dyno("incoming", release: 3), try dyno("formation", release: 3),
            try dyno("incoming", release: 4),
        ]
        let old = stage.platform.machines
        let machines = Machines(
            store: old.store, git: old.git, layers: old.layers, logs: old.logs,
            runtime: FakeRuntime(adopting: dynos).runtime, routing: old.routing, time: old.time,
            blocking: old.blocking, files: old.files, addons: old.addons, servers: old.servers)
        let reconciler = Reconciler(machines, settings: stage.platform.settings)
        let running = Task { await reconciler.run() }
        let before = stage.router.installed.count
        await reconciler.resume(
            [.init(app: app, blueprint: blueprint, formation: try stage.formation(of: app, ["web": 1]))],
            adopting: await machines.runtime.adopt(), hours: [:], countedUntil: stage.platform.now())
        let states = stage.router.states(of: "heir.localhost").suffix(stage.router.installed.count - before)
        for state in states {
            guard case .serving(let backends) = state else { return #expect(Bool(false), "\(states)") }
            #expect(backends.map(\.id) == [dynos[2].spec.id])
        }
        for dyno in [dynos[0], dynos[1], dynos[3]] { while !dyno.isStopped { await Task.yield() } }
        #expect(!dynos[2].isStopped)
        running.cancel()
        await running.value
        await stage.close()
    }

    @Test("lets requests wait from the first moment on for an app whose dynos it is about to start")
    func start() async throws {
        let stage = try Stage(FakeRuntime { _ in })
        let (app, blueprint) = try await stage.app("dawn", ["web": "serve"])
        let reconciler = Reconciler(stage.platform.machines, settings: stage.platform.settings)
        let running = Task { await reconciler.run() }
        let before = stage.router.installed.count
        await reconciler.resume(
            [.init(app: app, blueprint: blueprint, formation: try stage.formation(of: app, ["web": 1]))],
            adopting: [], hours: [:], countedUntil: stage.platform.now())
        let states = stage.router.states(of: "dawn.localhost").suffix(stage.router.installed.count - before)
        #expect(!states.isEmpty && states.allSatisfy { $0 == .starting })
        running.cancel()
        await running.value
        await stage.close()
    }

    @Test("gives a web dyno up that does not listen in time")
    func bootTimeout() async throws {
        let stage = try Stage(FakeRuntime { $0.launch() })
        let (app, blueprint) = try await stage.app("slow", ["web": "sleep"])
        // The timer is the live clock's; the dyno's end stands for it here.
        async let report = stage.platform.reconciler.deploy(
            blueprint, of: app.id, formation: try stage.formation(of: app, ["web": 1]), keepsOldOnFailure: true)
        await stage.router.reaches("slow.localhost") { $0 == .starting }
        // The table knows of it a moment before the runtime does.
        while stage.runtime.started.isEmpty { await Task.yield() }
        stage.runtime.started.first?.end(.signal(9))
        #expect(try await report == .crashed(reason: "web.1 exited with status 137: ended by SIGKILL", lastLines: []))
        await stage.close()
    }

    @Test("replaces dynos whose size changes, the new ones first, and leaves those of other types alone")
    func resize() async throws {
        let stage = try Stage()
        let deployed = try await stage.deployed("resized", ["web": "serve", "worker": "work"])
        let update = Platform.FormationChange(type: "web", quantity: .exactly(2), size: "standard-2x")
        let changed = try await stage.platform.scale(deployed.app, [update])
        #expect(changed.map(\.size.name) == ["Standard-2X"])
        let web = stage.runtime.started.filter { $0.spec.name.type == .web }
        #expect(
            Set(web.dropFirst().map { "\($0.spec.name) \($0.spec.size.name)" }) == [
                "web.1 Standard-2X", "web.2 Standard-2X",
            ])
        #expect(stage.runtime.started.filter { $0.spec.name.type != .web }.count == 1)
        let states = stage.router.states(of: "resized.localhost").drop { state in
            guard case .serving = state else { return true }
            return false
        }
        #expect(
            states.allSatisfy { state in
                guard case .serving = state else { return false }
                return true
            }, "\(states)")
        await stage.close()
    }

    @Test("keeps dynos and sizes as they are when those of the new size do not come up")
    func failedResize() async throws {
        let stage = try Stage(
            FakeRuntime { dyno in
                if dyno.spec.size == .basic { return dyno.bind() }
                dyno.end(.code(3))
            })
        let deployed = try await stage.deployed("stays", ["web": "serve"])
        let update = Platform.FormationChange(type: "web", quantity: nil, size: "standard-2x")
        await #expect(throws: PlatformError.self) { try await stage.platform.scale(deployed.app, [update]) }
        #expect(try await stage.platform.formation(of: deployed.app).map(\.size.name) == ["Basic"])
        #expect(stage.runtime.started.first?.isStopped == false)
        await stage.close()
    }

    @Test("strict: refuses what Heroku refuses about sizes", arguments: ["2:basic", "1:hobby"])
    func strict(_ wanted: String) async throws {
        let stage = try Stage()
        let deployed = try await stage.deployed("strict", ["web": "serve"])
        let app = try await stage.platform.setFeature("strict", isOn: true, of: deployed.app)
        let parts = wanted.split(separator: ":").map(String.init)
        let update = Platform.FormationChange(type: "web", quantity: Int(parts[0]).map { .exactly($0) }, size: parts[1])
        await #expect(throws: PlatformError.self) { try await stage.platform.scale(app, [update]) }
        #expect(try await stage.platform.formation(of: app).map(\.quantity) == [1])
        await stage.close()
    }
}
