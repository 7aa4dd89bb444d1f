import Addons
import Model
import PlatformSupport
import Store
import Testing

@testable import Platform

@Suite("A scheduler", .timeLimit(.minutes(1)))
struct SchedulerTests {
    private let clock = FakeClock()

    /// Web dynos come up; one-off dynos do what `onStart` says.
    private func stage(
        _ onStart: @escaping @Sendable (FakeRuntime.FakeDyno) -> Void = { dyno in
            dyno.launch()
            dyno.end(.code(0))
        }
    ) throws -> Stage {
        let runtime = FakeRuntime { dyno in
            if dyno.spec.wantsPort { dyno.bind() } else { onStart(dyno) }
        }
        return try Stage(runtime, clock: clock, addons: AddonCatalogue([FakeProvider(), Scheduler()]))
    }

    /// One that is deployed and has a scheduler.
    private func app(on stage: borrowing Stage) async throws -> App {
        let app = try await stage.deployed("shop", ["web": "serve"]).app
        _ = try await stage.platform.createAddon(AddonRequest(plan: "scheduler:standard"), for: app)
        return app
    }

    private func add(
        _ command: String = "check", every: String = "10m", size: String? = nil, on stage: borrowing Stage, to app: App
    ) async throws -> ScheduledJob {
        try await stage.platform.addScheduledJob(command, every: every, size: size, to: app)
    }

    /// Returns once so many runs are over.
    private func history(_ count: Int, of app: App, on stage: borrowing Stage) async throws -> [ScheduledRun] {
        while true {
            let runs = try await stage.platform.scheduledRuns(of: app)
            if runs.count >= count, !runs.contains(where: { $0.outcome == .running }) { return runs }
            await Task.yield()
        }
    }

    private func dynos(_ stage: borrowing Stage) -> [FakeRuntime.FakeDyno] {
        stage.runtime.started.filter { $0.spec.name.type == .scheduler }
    }

    @Test("sets no config vars, comes with its own release, once in an app, and to no other app")
    func addon() async throws {
        let stage = try stage()
        let app = try await app(on: stage)
        let addon = try #require(try await stage.platform.addons(of: app).first)
        #expect(addon.name.wholeMatch(of: /scheduler-[a-z]+-\d{5}/) != nil && addon.values.isEmpty)
        let release = try await stage.platform.currentRelease(of: app)
        #expect(release?.description == "Attach SCHEDULER (@\(addon.name))")
        #expect(release?.config.isEmpty == true)
        let second = await #expect(throws: AddonError.self) {
            _ = try await stage.platform.createAddon(AddonRequest(plan: "scheduler"), for: app)
        }
        #expect(second?.explanation.what == "shop has a scheduler already: \(addon.name).")
        let other = try await stage.platform.createApp(name: "other")
        let shared = await #expect(throws: AddonError.self) {
            _ = try await stage.platform.attach(addon, to: other, as: nil)
        }
        #expect(shared?.explanation.why == "Each app has a scheduler of its own.")
        await stage.close()
    }

    @Test("runs a job when it is due, as a one-off dyno, says so in the log and keeps how it ended")
    func due() async throws {
        let stage = try stage { dyno in
            dyno.launch()
            dyno.end(.code(3))
        }
        let app = try await app(on: stage)
        let job = try await add("python check.py", size: "standard-2x", on: stage, to: app)
        #expect(job.number == 1 && job.nextRun.iso8601 == "2026-03-10T12:10:00Z")
        await clock.isAwaited(in: .seconds(600))
        clock.advance(by: .seconds(599))
        stage.platform.reconciler.alarm.ring()
        await clock.isAwaited(in: .seconds(1))
        #expect(dynos(stage).isEmpty)
        clock.advance(by: .seconds(1))
        let run = try #require(try await history(1, of: app, on: stage).first)
        let name = try #require(run.dyno)
        #expect(name.type == .scheduler && (1000...9999).contains(name.number))
        #expect(run.outcome == .ended(3) && run.due == job.nextRun && run.missed == 0)
        #expect(run.startedAt.iso8601 == "2026-03-10T12:10:00Z" && run.endedAt == run.startedAt)
        #expect(dynos(stage).map(\.spec.size.name) == ["Standard-2X"])
        let log = await stage.log(of: app, until: "heroku[\(name)]: State changed from up to complete")
        let from = try #require(log.firstIndex { $0.contains("scheduler@addons.heroku.com") })
        #expect(
            Array(log[from...]) == [
                "app[api]: Starting process with command `python check.py` by user scheduler@addons.heroku.com",
                "heroku[\(name)]: Starting process with command `python check.py`",
                "heroku[\(name)]: State changed from starting to up",
                "heroku[\(name)]: Process exited with status 3",
                "heroku[\(name)]: State changed from up to complete",
            ])
        #expect(try await stage.platform.scheduledJobs(of: app).first?.nextRun.iso8601 == "2026-03-10T12:20:00Z")
        await clock.isAwaited(in: .seconds(600))
        await stage.close()
    }

    @Test("runs what was missed once, however often its time has come, and the log says how often")
    func missed() async throws {
        let stage = try stage()
        let app = try await app(on: stage)
        _ = try await add("often", every: "10m", on: stage, to: app)
        _ = try await add("daily", every: "day@13:00", on: stage, to: app)
        _ = try await add("never due", every: "0 0 1 1 *", on: stage, to: app)
        await clock.isAwaited(in: .seconds(600))
        // The machine sleeps for three hours and seven minutes.
        clock.advance(by: .seconds(3 * 3600 + 420))
        let runs = try await history(2, of: app, on: stage)
        #expect(runs.count == 2 && Set(runs.map(\.missed)) == [0, 17])
        let log = await stage.log(of: app)
        #expect(
            log.filter { $0.hasPrefix("heroku[scheduler]") } == [
                "heroku[scheduler]: 18 runs of `often` were missed since 2026-03-10T12:10:00Z; it runs once now",
                "heroku[scheduler]: 1 run of `daily` was missed since 2026-03-10T13:00:00Z; it runs once now",
            ])
        #expect(
            try await stage.platform.scheduledJobs(of: app).map(\.nextRun.iso8601) == [
                "2026-03-10T15:10:00Z", "2026-03-11T13:00:00Z", "2027-01-01T00:00:00Z",
            ])
        // Back to the usual: nothing is caught up on.
        await clock.isAwaited(in: .seconds(180))
        clock.advance(by: .seconds(180))
        #expect(try await history(3, of: app, on: stage).first?.missed == 0)
        #expect(dynos(stage).count == 3)
        await stage.close()
    }

    @Test("starts the next run beside one that still runs")
    func overlapping() async throws {
        let stage = try stage { $0.launch() }
        let app = try await app(on: stage)
        _ = try await add("slow", every: "1m", on: stage, to: app)
        for count in 1...2 {
            await clock.isAwaited(in: .seconds(60))
            clock.advance(by: .seconds(60))
            while dynos(stage).count < count { await Task.yield() }
        }
        let names = Set(dynos(stage).map { "\($0.spec.name)" })
        #expect(names.count == 2)
        for (index, dyno) in dynos(stage).enumerated() { dyno.end(.code(Int32(index))) }
        #expect(try await history(2, of: app, on: stage).map(\.outcome) == [.ended(1), .ended(0)])
        await stage.close()
    }

    @Test("runs a job when somebody says so, and leaves its schedule as it is")
    func now() async throws {
        let stage = try stage()
        let app = try await app(on: stage)
        let job = try await add(on: stage, to: app)
        let run = try await stage.platform.runNow(try await stage.platform.scheduledJob("1", of: app))
        #expect(run.due == nil && run.dyno?.type == .scheduler)
        #expect(try await history(1, of: app, on: stage).first?.outcome == .ended(0))
        #expect(try await stage.platform.scheduledJobs(of: app) == [job])
        await stage.close()
    }

    @Test("of an app without code says in log and history that nothing was run")
    func noCode() async throws {
        let stage = try Stage(clock: clock, addons: AddonCatalogue([Scheduler()]))
        try await stage.platform.start()
        let app = try await stage.platform.createApp(name: "empty")
        _ = try await stage.platform.createAddon(AddonRequest(plan: "scheduler"), for: app)
        let job = try await add(on: stage, to: app)
        await #expect(throws: PlatformError.self) { _ = try await stage.platform.runNow(job) }
        await clock.isAwaited(in: .seconds(600))
        clock.advance(by: .seconds(600))
        let reason = "Couldn't run on empty: No code has been deployed to it."
        #expect(try await history(2, of: app, on: stage).map(\.outcome) == [.failed(reason), .failed(reason)])
        #expect(await stage.log(of: app).last == "heroku[scheduler]: `check` was not run: \(reason)")
        await stage.close()
    }

    @Test("keeps the run of a daemon that died: one that never got a dyno is lost and not repeated")
    func lost() async throws {
        let stage = try stage()
        let app = try await app(on: stage)
        let job = try await add(on: stage, to: app)
        // As a daemon leaves it that dies once it has claimed a run, and one that dies while its dyno runs.
        let claimed = ScheduledRun(job: job.id, due: job.nextRun, startedAt: stage.platform.now())
        var gone = ScheduledRun(job: job.id, due: nil, startedAt: stage.platform.now())
        gone.dyno = DynoName("scheduler.4711")
        let started = gone
        try await stage.platform.machines.store.write { transaction in
            let next = job.schedule.next(after: job.nextRun)
            guard try transaction.claim(job, until: next, as: claimed, keeping: 100) else { return }
            try transaction.insert(started, keeping: 100)
        }
        try await stage.platform.start()
        #expect(
            try await stage.platform.scheduledRuns(of: app).map(\.outcome) == [
                .lost("scheduler.4711 was gone when the platform came back"),
                .lost("the platform ended before its dyno started"),
            ])
        #expect(
            await stage.log(of: app).filter { $0.hasPrefix("heroku[scheduler]") } == [
                "heroku[scheduler]: The run of `check` of 2026-03-10T12:10:00Z is lost: "
                    + "the platform ended before its dyno started",
                "heroku[scheduler]: The run of `check` of 2026-03-10T12:00:00Z is lost: "
                    + "scheduler.4711 was gone when the platform came back",
            ])
        clock.advance(by: .seconds(600))
        stage.platform.reconciler.alarm.ring()
        await clock.isAwaited(in: .seconds(600))
        #expect(dynos(stage).isEmpty)
        await stage.close()
    }

    @Test("hears how a dyno ends that an earlier daemon has started")
    func adopted() async throws {
        // Its run is written once the app is there; its id is what its shim remembers.
        let (id, app) = (ScheduledRunID(), AppID())
        let dyno = FakeRuntime.FakeDyno(
            DynoSpec(
                app: app, appOrdinal: 1, name: DynoName(.scheduler, 4711), content: .slug(layers: []),
                command: "check", environment: [:],
                tags: ["role": "oneOff", "release": "3", "attached": "false", ScheduledRun.tag: "\(id)"]))
        let stage = try Stage(
            FakeRuntime(adopting: [dyno]), clock: clock, addons: AddonCatalogue([Scheduler()]))
        let now = stage.platform.now()
        let owner = App(id: app, name: try AppName("shop"), createdAt: now, updatedAt: now, ordinal: 1)
        let addon = Addon(
            app: app, name: "timer", service: "scheduler", plan: "standard", state: .provisioned, createdAt: now,
            updatedAt: now)
        let job = ScheduledJob(
            addon: addon.id, app: app, number: 1, command: "check", schedule: try Schedule("day"), size: nil,
            nextRun: now.adding(.seconds(43_200)), createdAt: now)
        try await stage.platform.machines.store.write { transaction in
            try transaction.insert(owner)
            try transaction.insert(addon)
            try transaction.insert(job)
            try transaction.insert(ScheduledRun(id: id, job: job.id, due: now, startedAt: now), keeping: 100)
        }
        try await stage.platform.start()
        #expect(try await stage.platform.scheduledRuns(of: owner).map(\.outcome) == [.running])
        dyno.end(.code(7))
        let run = try #require(try await history(1, of: owner, on: stage).first)
        #expect(run.outcome == .ended(7) && run.dyno == DynoName(.scheduler, 4711))
        await stage.close()
    }

    @Test("keeps the last 100 runs of each job")
    func bounded() async throws {
        let stage = try stage()
        let app = try await app(on: stage)
        let job = try await add(on: stage, to: app)
        for _ in 0..<102 { _ = try await stage.platform.runNow(job) }
        #expect(try await stage.platform.scheduledRuns(of: app).count == 100)
        await stage.close()
    }

    @Test("goes with its jobs, and so does its app")
    func gone() async throws {
        let stage = try stage()
        let app = try await app(on: stage)
        _ = try await add(on: stage, to: app)
        let job = try await add("other", every: "1m", on: stage, to: app)
        try await stage.platform.remove(job)
        #expect(try await stage.platform.scheduledJobs(of: app).map(\.number) == [1])
        try await stage.platform.destroy(try #require(try await stage.platform.addons(of: app).first))
        let error = await #expect(throws: SchedulerError.self) { _ = try await stage.platform.scheduledJobs(of: app) }
        #expect(error?.explanation.mend == ["paas addons:create scheduler:standard -a shop"])
        _ = try await stage.platform.createAddon(AddonRequest(plan: "scheduler"), for: app)
        #expect(try await stage.platform.scheduledJobs(of: app).isEmpty)
        _ = try await add(on: stage, to: app)
        try await stage.platform.destroy(app)
        #expect(try await stage.platform.machines.store.read { try $0.nextDue() } == nil)
        await stage.close()
    }

    @Test("refuses what is no job: no command, no time, no size, no number of one")
    func refused() async throws {
        let stage = try stage()
        let app = try await app(on: stage)
        await #expect(throws: SchedulerError.self) { _ = try await add(" ", on: stage, to: app) }
        await #expect(throws: InvalidSchedule.self) { _ = try await add(every: "soon", on: stage, to: app) }
        await #expect(throws: PlatformError.self) { _ = try await add(size: "huge", on: stage, to: app) }
        for text in ["1", "check", ""] {
            await #expect(throws: SchedulerError.self) { _ = try await stage.platform.scheduledJob(text, of: app) }
        }
        for _ in 1...2 { _ = try await add(on: stage, to: app) }
        #expect(try await stage.platform.scheduledJob("2", of: app).number == 2)
        await #expect(throws: SchedulerError.self) { _ = try await stage.platform.scheduledJob("check", of: app) }
        await stage.close()
    }

    @Test("that was being made, attached or ended when the daemon died is whole after the next start, or not there")
    func settled() async throws {
        let stage = try stage()
        let app = try await app(on: stage)
        let platform = stage.platform
        let store = platform.machines.store
        let whole = try #require(try await platform.addons(of: app).first)
        // The daemon dies after the release is there, and before the last row is written.
        var marked = whole
        marked.state = .provisioning
        // Another one's dies before its release: it has no values either.
        let now = platform.now()
        let half = Addon(
            app: app.id, name: "half", service: "scheduler", plan: "standard", createdAt: now, updatedAt: now)
        let (unmarked, started) = (marked, AddonAttachment(addon: half.id, app: app.id, name: "HALF", createdAt: now))
        try await store.write { transaction in
            try transaction.update(unmarked)
            try transaction.insert(half)
            try transaction.insert(started, setting: [])
        }
        try await platform.settleAddons()
        #expect(try await platform.allAddons().map(\.name) == [whole.name])
        #expect(try await platform.addon(whole.id)?.state == .provisioned)
        #expect(try await platform.attachments(in: app).map(\.name) == ["SCHEDULER"])
        // And one dies between the release that an attachment goes with and its row.
        let again = try await platform.attach(whole, to: app, as: "AGAIN")
        try await platform.detach(again)
        try await store.write { try $0.insert(again, setting: []) }
        try await platform.settleAddons()
        #expect(try await platform.attachments(in: app).map(\.name) == ["SCHEDULER"])
        // A name that has changed since is no reason to lose it.
        _ = try await platform.rename(try #require(try await platform.addon(whole.id)), to: "timer")
        try await platform.settleAddons()
        #expect(try await platform.attachments(in: app).map(\.name) == ["SCHEDULER"])
        await stage.close()
    }
}
