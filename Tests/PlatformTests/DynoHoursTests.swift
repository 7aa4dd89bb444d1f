import Model
import PlatformSupport
import Testing

@testable import Platform

@Suite("Eco dyno-hours", .timeLimit(.minutes(1)))
struct DynoHoursTests {
    private func moment(_ text: String) throws -> Timestamp { try #require(Timestamp(iso8601: text)) }

    @Test("are counted for each second of each dyno, once, whoever asks when")
    func counts() throws {
        let noon = try moment("2026-03-10T12:00:00Z")
        var hours = DynoHours(quota: .seconds(3600), now: noon)
        let (app, one, two) = (AppID(), DynoID(), DynoID())
        hours.start(one, of: app, since: noon)
        hours.count(until: noon.adding(.seconds(10)))
        hours.start(two, of: AppID(), since: noon.adding(.seconds(10)))
        hours.count(until: noon.adding(.seconds(10)))
        #expect(hours.used[app] == .seconds(10))
        // A clock that is set back counts nothing, and nothing twice.
        hours.count(until: noon.adding(.seconds(4)))
        _ = hours.end(two, at: noon.adding(.seconds(12)))
        hours.count(until: noon.adding(.seconds(20)))
        #expect(hours.total == .seconds(22))
        #expect(hours.nextTurn(from: noon.adding(.seconds(20))) == .seconds(3578))
    }

    @Test("start anew on the 1st, also for a dyno that runs over it")
    func month() throws {
        let evening = try moment("2026-01-31T23:00:00Z")
        var hours = DynoHours(quota: .seconds(7200), now: evening)
        let (app, dyno) = (AppID(), DynoID())
        hours.start(dyno, of: app, since: evening)
        #expect(hours.nextTurn(from: evening) == .seconds(3600))
        let isEarly = hours.count(until: evening.adding(.seconds(1800)))
        let isTurn = hours.count(until: try moment("2026-02-01T00:15:00Z"))
        #expect(!isEarly && isTurn)
        #expect(hours.month == "2026-02" && hours.used == [app: .seconds(900)])
    }

    @Test("when they are used up, all Eco dynos sleep and requests get H82, until the 1st")
    func usedUp() async throws {
        let clock = FakeClock("2026-01-31T22:00:00Z")
        let stage = try Stage(router: FakeRouter { _ in .zero }, clock: clock, ecoHours: .seconds(3600))
        let types = ["web": "run", "worker": "run"]
        let (app, blueprint) = try await stage.app("thrifty", types)
        let formation = try stage.formation(of: app, ["web": 1, "worker": 1], size: .eco)
        let reconciler = stage.platform.reconciler
        _ = try await reconciler.deploy(blueprint, of: app.id, formation: formation, keepsOldOnFailure: true)
        // Two dynos for half an hour.
        stage.pass(.seconds(1800), on: clock)
        await stage.router.reaches("thrifty.localhost") { $0 == .refusing(.dynoHoursUsedUp) }
        let log = await stage.log(of: app, until: "heroku[web.1]: Process exited with status 143")
        #expect(log.contains("heroku[web.1]: Idling") && log.contains("heroku[worker.1]: Idling"), "\(log)")

        // Nothing wakes them: no request, no change.
        await reconciler.wake(app.id)
        try await reconciler.scale(app.id, to: try stage.formation(of: app, ["web": 2, "worker": 1], size: .eco))
        try await reconciler.restart(app.id) { _ in true }
        let next = try stage.blueprint(of: app, version: 4, types)
        #expect(try await reconciler.deploy(next, of: app.id, formation: formation, keepsOldOnFailure: true) == .up)
        #expect(stage.runtime.started.count == 2)
        #expect(await reconciler.dynos(of: app.id).allSatisfy { $0.state == .idle })
        #expect(stage.router.installed.last?.routes["thrifty.localhost"]?.state == .refusing(.dynoHoursUsedUp))

        await clock.isAwaited(in: .seconds(5400))
        stage.pass(.seconds(5400), on: clock)
        await stage.router.reaches("thrifty.localhost") { $0 == .asleep }
        reconciler.requestWaits(for: app.id)
        await stage.router.reaches("thrifty.localhost") { if case .serving? = $0 { true } else { false } }
        #expect(await stage.platform.dynoHours().month == "2026-02")
        await stage.close()
    }

    @Test("used up do not touch dynos of other sizes; another size brings the app back")
    func otherSizes() async throws {
        let clock = FakeClock()
        let stage = try Stage(router: FakeRouter { _ in .zero }, clock: clock, ecoHours: .seconds(60))
        let (app, blueprint) = try await stage.app("rich", ["web": "run"])
        _ = try await stage.platform.reconciler.deploy(
            blueprint, of: app.id, formation: try stage.formation(of: app, ["web": 1], size: .eco),
            keepsOldOnFailure: true)
        stage.pass(.seconds(60), on: clock)
        await stage.router.reaches("rich.localhost") { $0 == .refusing(.dynoHoursUsedUp) }
        try await stage.platform.reconciler.scale(app.id, to: try stage.formation(of: app, ["web": 1]))
        await stage.router.reaches("rich.localhost") { if case .serving? = $0 { true } else { false } }
        await stage.close()
    }

    @Test("go on from what was written down, with what dynos ran while no daemon was there")
    func survives() async throws {
        let clock = FakeClock()
        let stage = try Stage(router: FakeRouter { _ in .zero }, clock: clock)
        let (app, blueprint) = try await stage.app("lasting", ["web": "run"])
        _ = try await stage.platform.reconciler.deploy(
            blueprint, of: app.id, formation: try stage.formation(of: app, ["web": 1], size: .eco),
            keepsOldOnFailure: true)
        stage.pass(.seconds(100), on: clock)
        // Asked by the next daemon: what is counted, and up to when.
        await stage.platform.reconciler.finish()
        let (used, until) = try await stage.platform.countedHours()
        #expect(used == [app.id: .seconds(100)])
        #expect(until == clock.time.now())
        await stage.close()
    }
}
