import Model
import PlatformSupport
import Testing

@testable import Platform

@Suite("Daily cycling", .timeLimit(.minutes(1)))
struct CyclingTests {
    @Test("restarts a dyno a day and at most 216 minutes after its start, and something always serves")
    func cycles() async throws {
        let clock = FakeClock()
        let stage = try Stage(clock: clock)
        let (app, blueprint) = try await stage.app("daily", ["web": "run"])
        let tracked = try await stage.platform.setFeature("daily-cycling", isOn: true, of: app)
        #expect(tracked.has(.dailyCycling))
        _ = try await stage.platform.reconciler.deploy(
            blueprint, of: app.id, formation: try stage.formation(of: app, ["web": 1]), keepsOldOnFailure: true)
        let first = try #require(stage.runtime.started.first)
        let due = try #require(await stage.platform.reconciler.cyclingReview().next)
        #expect(due >= .seconds(86_400) && due <= .seconds(86_400 + 216 * 60))
        await clock.isAwaited(in: due)
        let known = stage.router.installed.count
        stage.pass(due, on: clock)
        let log = await stage.log(of: app, until: "heroku[web.1]: Process exited with status 143")
        #expect(log.contains("heroku[web.1]: Cycling"), "\(log)")
        #expect(first.isStopped && stage.runtime.started.count == 2)
        let since = stage.router.states(of: "daily.localhost").suffix(stage.router.installed.count - known)
        #expect(since.allSatisfy { if case .serving = $0 { true } else { false } }, "\(since)")
        await stage.close()
    }

    @Test("is off unless the feature is on")
    func off() async throws {
        let stage = try Stage(clock: FakeClock())
        let (app, blueprint) = try await stage.app("daily", ["web": "run"])
        _ = try await stage.platform.reconciler.deploy(
            blueprint, of: app.id, formation: try stage.formation(of: app, ["web": 1]), keepsOldOnFailure: true)
        let review = await stage.platform.reconciler.cyclingReview()
        #expect(review.due.isEmpty && review.next == nil)
        await stage.close()
    }

    @Test("keeps the old dyno for another day when the new one does not start")
    func fails() async throws {
        let clock = FakeClock()
        let stage = try Stage(
            FakeRuntime { $0.spec.tags["role"] == "incoming" ? $0.end(.code(1)) : $0.bind() }, clock: clock)
        let (app, blueprint) = try await stage.app("daily", ["web": "run"])
        _ = try await stage.platform.setFeature("daily-cycling", isOn: true, of: app)
        _ = try await stage.platform.reconciler.deploy(
            blueprint, of: app.id, formation: try stage.formation(of: app, ["web": 1]), keepsOldOnFailure: true)
        let due = try #require(await stage.platform.reconciler.cyclingReview().next)
        await clock.isAwaited(in: due)
        stage.pass(due, on: clock)
        _ = await stage.log(
            of: app, until: "heroku[web.1]: Cycling failed, the dyno runs on: web.1 exited with status 1")
        #expect(stage.runtime.started.first?.isStopped == false)
        let again = try #require(await stage.platform.reconciler.cyclingReview().next)
        #expect(again >= .seconds(86_400))
        await stage.close()
    }
}
