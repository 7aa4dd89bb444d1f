import Model
import Testing

@testable import Store

@Suite("Scheduled jobs in the books")
struct SchedulerTableTests {
    private static let second = Duration.seconds(1)

    private func addon(_ app: App, _ state: Addon.State = .provisioned) -> Addon {
        Addon(
            app: app.id, name: "scheduler-round-12345", service: "scheduler", plan: "standard", state: state,
            createdAt: Samples.then, updatedAt: Samples.then)
    }

    private func job(_ addon: Addon, _ number: Int, due: Int64) throws -> ScheduledJob {
        ScheduledJob(
            addon: addon.id, app: addon.app, number: number, command: "echo 'é' \(number)",
            schedule: try Schedule("*/5 9-17 * * MON-FRI"), size: number == 1 ? .eco : nil,
            nextRun: Samples.then.adding(Self.second * Int(due)), createdAt: Samples.then)
    }

    private func run(_ job: ScheduledJob, at seconds: Int) -> ScheduledRun {
        ScheduledRun(job: job.id, due: job.nextRun, missed: 2, startedAt: Samples.then.adding(Self.second * seconds))
    }

    /// An app with a scheduler and its first two jobs, the second due earlier.
    private func fill(_ store: Store, _ state: Addon.State = .provisioned) async throws -> (App, Addon, [ScheduledJob])
    {
        let app = try Samples.app("timely")
        let addon = addon(app, state)
        let jobs = [try job(addon, 1, due: 20), try job(addon, 2, due: 10)]
        try await store.write { transaction in
            try transaction.insert(app)
            try transaction.insert(addon)
            for job in jobs { try transaction.insert(job) }
        }
        return (app, addon, jobs)
    }

    @Test("come back as they were, and are due in the order of their times")
    func kept() async throws {
        let store = try Store(path: ":memory:")
        let (app, addon, jobs) = try await fill(store)
        #expect(try await store.read { try $0.scheduledJobs(of: app.id) } == jobs)
        #expect(try await store.read { try $0.nextDue() } == jobs[1].nextRun)
        let then = Samples.then
        #expect(try await store.read { try $0.dueJobs(at: then.adding(.seconds(9))) } == [])
        #expect(try await store.read { try $0.dueJobs(at: then.adding(.seconds(10))) } == [jobs[1]])
        #expect(try await store.read { try $0.dueJobs(at: then.adding(.seconds(60))) } == [jobs[1], jobs[0]])
        #expect(try await store.read { try $0.freeJobNumber(in: addon.id) } == 3)
    }

    @Test(
        "are not due while their scheduler is being made or ended, and go with it",
        arguments: [
            Addon.State.provisioning, .deprovisioning,
        ])
    func unfinished(_ state: Addon.State) async throws {
        let store = try Store(path: ":memory:")
        let (app, addon, jobs) = try await fill(store, state)
        let late = Samples.then.adding(.seconds(1000))
        #expect(try await store.read { try $0.dueJobs(at: late) } == [])
        #expect(try await store.read { try $0.nextDue() } == nil)
        let one = run(jobs[0], at: 1)
        try await store.write { try $0.insert(one, keeping: 5) }
        try await store.write { try $0.remove(addon.id) }
        #expect(try await store.read { try $0.scheduledJobs(of: app.id) } == [])
        #expect(try await store.read { try $0.scheduledRun(one.id) } == nil)
    }

    @Test("are claimed once, by one of two daemons")
    func claimed() async throws {
        let scratch = try ScratchFolder()
        let stores = [try Store(path: scratch.path + "/db"), try Store(path: scratch.path + "/db")]
        let (_, _, jobs) = try await fill(stores[0])
        let due = jobs[1]
        let next = due.nextRun.adding(.seconds(300))
        let claims = try await withThrowingTaskGroup(of: Bool.self) { group in
            for index in 0..<20 {
                let run = run(due, at: index)
                group.addTask {
                    try await stores[index % 2].write { try $0.claim(due, until: next, as: run, keeping: 100) }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(claims.filter(\.self).count == 1)
        #expect(try await stores[1].read { try $0.unfinishedRuns() }.count == 1)
        #expect(try await stores[1].read { try $0.scheduledJob(due.id) }?.nextRun == next)
        for store in stores { await store.close() }
    }

    @Test("remember how their last runs went: what was said first holds")
    func history() async throws {
        let store = try Store(path: ":memory:")
        let (app, _, jobs) = try await fill(store)
        let runs = (1...5).map { run(jobs[0], at: $0) }
        let end = Samples.then.adding(.seconds(9))
        let dyno = try #require(DynoName("scheduler.1234"))
        try await store.write { transaction in
            for run in runs { try transaction.insert(run, keeping: 3) }
            try transaction.setDyno(dyno, of: runs[4].id)
            try transaction.finish(runs[4].id, as: .ended(3), at: end)
            try transaction.finish(runs[4].id, as: .lost("late"), at: end.adding(.seconds(1)))
            try transaction.finish(runs[3].id, as: .failed("no code"), at: end)
        }
        var expected = runs
        expected[4].dyno = dyno
        expected[4].outcome = .ended(3)
        expected[4].endedAt = end
        expected[3].outcome = .failed("no code")
        expected[3].endedAt = end
        let kept = try await store.read { try $0.scheduledRuns(of: app.id) }
        #expect(kept == [expected[4], expected[3], expected[2]])
        #expect(try await store.read { try $0.unfinishedRuns() } == [expected[2]])
    }
}
