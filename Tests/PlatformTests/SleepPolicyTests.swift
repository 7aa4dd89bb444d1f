import Model
import PlatformSupport
import Synchronization
import Testing

@testable import Platform

@Suite("Sleep", .timeLimit(.minutes(1)))
struct SleepPolicyTests {
    static let halfAnHour = Duration.seconds(1800)

    /// An app whose dynos are Eco, up, and asked for by nobody.
    private func sleepy(_ stage: borrowing Stage, _ quantities: [String: Int] = ["web": 1]) async throws -> App {
        let (app, blueprint) = try await stage.app("sleepy", quantities.mapValues { _ in "run" })
        _ = try await stage.platform.reconciler.deploy(
            blueprint, of: app.id, formation: try stage.formation(of: app, quantities, size: .eco),
            keepsOldOnFailure: true)
        return app
    }

    /// Moves the clock until the app sleeps.
    private func fallAsleep(_ stage: borrowing Stage, _ clock: FakeClock) async {
        stage.pass(Self.halfAnHour, on: clock)
        await stage.router.reaches("sleepy.localhost") { $0 == .asleep }
    }

    private func states(_ stage: borrowing Stage, _ app: App) async -> [String] {
        await stage.platform.reconciler.dynos(of: app.id).map { "\($0.name) \($0.state.rawValue)" }
    }

    @Test("comes to Eco web dynos that nobody asked for in 30 minutes, and to the app's Eco workers with them")
    func comes() async throws {
        let clock = FakeClock()
        let stage = try Stage(router: FakeRouter { _ in .seconds(3600) }, clock: clock)
        let app = try await sleepy(stage, ["web": 1, "worker": 1])
        await fallAsleep(stage, clock)
        for process in ["web.1", "worker.1"] {
            let log = await stage.log(of: app, until: "heroku[\(process)]: Process exited with status 143")
            let lines = log.filter { $0.hasPrefix("heroku[\(process)]") }
            #expect(
                lines.suffix(4) == [
                    "heroku[\(process)]: Idling", "heroku[\(process)]: State changed from up to down",
                    "heroku[\(process)]: Stopping all processes with SIGTERM",
                    "heroku[\(process)]: Process exited with status 143",
                ], "\(lines)")
        }
        #expect(await states(stage, app) == ["web.1 idle", "worker.1 idle"])
        #expect(await stage.platform.isAsleep(app) == true)
        await stage.close()
    }

    @Test("counts from the last request, not from the start")
    func lastRequest() async throws {
        let clock = FakeClock()
        let idle = Mutex(Duration.seconds(600))
        let stage = try Stage(router: FakeRouter { _ in idle.withLock { $0 } }, clock: clock)
        let app = try await sleepy(stage)
        stage.pass(Self.halfAnHour, on: clock)
        await clock.isAwaited(in: .seconds(60))
        #expect(await states(stage, app) == ["web.1 up"])
        idle.withLock { $0 = Self.halfAnHour }
        stage.pass(.seconds(1200), on: clock)
        await stage.router.reaches("sleepy.localhost") { $0 == .asleep }
        await stage.close()
    }

    @Test("stays away while a request is open")
    func openRequest() async throws {
        let clock = FakeClock()
        let stage = try Stage(router: FakeRouter { _ in .zero }, clock: clock)
        let app = try await sleepy(stage)
        for _ in 0..<3 {
            stage.pass(Self.halfAnHour, on: clock)
            await clock.isAwaited(in: .seconds(60))
        }
        #expect(!stage.router.states(of: "sleepy.localhost").contains(.asleep))
        #expect(await states(stage, app) == ["web.1 up"])
        await stage.close()
    }

    @Test("is given up when a request slips in at the last moment")
    func slipsIn() async throws {
        let clock = FakeClock()
        // Free when asked first, then, with the door closed, in use.
        let questions = Atomic(0)
        let hour = Atomic(false)
        let router = FakeRouter { _ in
            guard hour.load(ordering: .relaxed) else { return .zero }
            return questions.add(1, ordering: .relaxed).oldValue == 0 ? .seconds(3600) : .zero
        }
        let stage = try Stage(router: router, clock: clock)
        let app = try await sleepy(stage)
        hour.store(true, ordering: .relaxed)
        stage.pass(Self.halfAnHour, on: clock)
        await stage.router.reaches("sleepy.localhost") { $0 == .asleep }
        await stage.router.reaches("sleepy.localhost") { if case .serving? = $0 { true } else { false } }
        await clock.isAwaited(in: .seconds(60))
        #expect(await !stage.log(of: app).contains("heroku[web.1]: Idling"))
        #expect(stage.runtime.started.count == 1 && stage.runtime.started.first?.isStopped == false)
        await stage.close()
    }

    @Test("ends with a request: all dynos start, and the first web dyno that listens is served from")
    func wakes() async throws {
        let clock = FakeClock()
        let isHeld = Atomic(false)
        // The second web dyno that is woken does not listen before the test says so.
        let runtime = FakeRuntime { dyno in
            guard isHeld.load(ordering: .relaxed), "\(dyno.spec.name)" == "web.2" else { return dyno.bind() }
        }
        let stage = try Stage(runtime, router: FakeRouter { _ in .seconds(3600) }, clock: clock)
        let app = try await sleepy(stage, ["web": 2, "worker": 1])
        await fallAsleep(stage, clock)
        isHeld.store(true, ordering: .relaxed)
        stage.platform.reconciler.requestWaits(for: app.id)
        await stage.router.reaches("sleepy.localhost") { state in
            guard case .serving(let backends)? = state else { return false }
            return backends.map(\.name) == ["web.1"]
        }
        let log = await stage.log(
            of: app, until: "heroku[web.1]: State changed from starting to up", after: "heroku[web.1]: Unidling")
        let lines = log.filter { $0.hasPrefix("heroku[web.1]") }
        let from = try #require(lines.lastIndex(of: "heroku[web.1]: Unidling"))
        #expect(
            lines[from...].filter { !$0.contains("SIGTERM") && !$0.contains("exited") } == [
                "heroku[web.1]: Unidling", "heroku[web.1]: State changed from down to starting",
                "heroku[web.1]: Starting process with command `run`",
                "heroku[web.1]: State changed from starting to up",
            ], "\(lines)")
        let sinceAsleep = stage.router.states(of: "sleepy.localhost").drop { $0 != .asleep }
        #expect(
            sinceAsleep.allSatisfy {
                switch $0 {
                case .asleep, .starting, .serving: true
                case .refusing: false
                }
            }, "\(sinceAsleep)")
        _ = await stage.log(of: app, until: "heroku[worker.1]: Unidling")
        stage.runtime.started.last { "\($0.spec.name)" == "web.2" }?.bind()
        await stage.router.reaches("sleepy.localhost") { state in
            if case .serving(let backends)? = state { backends.count == 2 } else { false }
        }
        #expect(await stage.platform.isAsleep(app) == false)
        await stage.close()
    }

    @Test("never comes to an app that has only workers, nor to dynos of another size")
    func never() async throws {
        let stage = try Stage(router: FakeRouter { _ in .seconds(3600) }, clock: FakeClock())
        let app = try await sleepy(stage, ["web": 0, "worker": 1])
        #expect(await stage.platform.isAsleep(app) == nil)
        let (other, blueprint) = try await stage.app("basic", ["web": "run"])
        _ = try await stage.platform.reconciler.deploy(
            blueprint, of: other.id, formation: try stage.formation(of: other, ["web": 1]), keepsOldOnFailure: true)
        #expect(await stage.platform.isAsleep(other) == nil)
        let review = await stage.platform.reconciler.sleepReview()
        #expect(review.due.isEmpty && review.next == nil)
        await stage.close()
    }

    @Test("comes to dynos of any size with the feature, after the time that was set")
    func feature() async throws {
        let clock = FakeClock()
        let stage = try Stage(router: FakeRouter { _ in .seconds(3600) }, clock: clock)
        let (app, blueprint) = try await stage.app("sleepy", ["web": "run"])
        _ = try await stage.platform.reconciler.deploy(
            blueprint, of: app.id, formation: try stage.formation(of: app, ["web": 1]), keepsOldOnFailure: true)
        _ = try await stage.platform.setFeature("sleep", isOn: true, of: app)
        await clock.isAwaited(in: Self.halfAnHour)
        _ = try await stage.platform.setSleepTime(.seconds(90), of: app)
        await clock.isAwaited(in: .seconds(90))
        stage.pass(.seconds(90), on: clock)
        await stage.router.reaches("sleepy.localhost") { $0 == .asleep }
        for time in [Duration.zero, .seconds(-5), .seconds(86_401)] {
            await #expect(throws: PlatformError.self) { try await stage.platform.setSleepTime(time, of: app) }
        }
        await stage.close()
    }

    @Test("ends when the app is scaled, restarted or released", arguments: ["scale", "restart", "deploy"])
    func changes(_ change: String) async throws {
        let clock = FakeClock()
        let stage = try Stage(router: FakeRouter { _ in .seconds(3600) }, clock: clock)
        let app = try await sleepy(stage, ["web": 1, "worker": 1])
        await fallAsleep(stage, clock)
        let reconciler = stage.platform.reconciler
        let formation = try stage.formation(of: app, ["web": 1, "worker": 1], size: .eco)
        switch change {
        case "scale":
            let more = try stage.formation(of: app, ["web": 2, "worker": 1], size: .eco)
            try await reconciler.scale(app.id, to: more)
        case "restart": try await reconciler.restart(app.id) { $0.type.text == "worker" }
        default:
            let next = try stage.blueprint(of: app, version: 4, ["web": "run", "worker": "run"])
            _ = try await reconciler.deploy(next, of: app.id, formation: formation, keepsOldOnFailure: true)
        }
        await stage.router.reaches("sleepy.localhost") { if case .serving? = $0 { true } else { false } }
        let log = await stage.log(of: app, until: "heroku[worker.1]: State changed from down to starting")
        #expect(log.contains("heroku[web.1]: State changed from down to starting"), "\(log)")
        #expect(await stage.platform.isAsleep(app) == false)
        await stage.close()
    }

    @Test("goes on when a release for a sleeping app does not start: the one before it is what a request wakes")
    func refused() async throws {
        let clock = FakeClock()
        let runtime = FakeRuntime { dyno in
            if dyno.spec.tags["release"] == "3" { dyno.bind() } else { dyno.end(.code(1)) }
        }
        let stage = try Stage(runtime, router: FakeRouter { _ in .seconds(3600) }, clock: clock)
        let app = try await sleepy(stage)
        await fallAsleep(stage, clock)
        let next = try stage.blueprint(of: app, version: 4, ["web": "run"])
        let formation = try stage.formation(of: app, ["web": 1], size: .eco)
        await #expect(throws: BootFailure.self) {
            _ = try await stage.platform.reconciler.deploy(
                next, of: app.id, formation: formation, keepsOldOnFailure: true)
        }
        #expect(await states(stage, app) == ["web.1 idle"])
        stage.platform.reconciler.requestWaits(for: app.id)
        await stage.router.reaches("sleepy.localhost") { if case .serving? = $0 { true } else { false } }
        #expect(stage.runtime.started.last?.spec.tags["release"] == "3")
        await stage.close()
    }
}
