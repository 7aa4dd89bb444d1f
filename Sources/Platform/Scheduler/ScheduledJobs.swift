internal import Addons
package import Model
internal import Store

/// The jobs of an app's scheduler.
extension Platform {
    /// By number.
    package func scheduledJobs(of app: App) async throws -> [ScheduledJob] {
        _ = try await scheduler(of: app)
        return try await machines.store.read { try $0.scheduledJobs(of: app.id) }
    }

    /// How the last runs of an app's jobs went, newest first.
    package func scheduledRuns(of app: App) async throws -> [ScheduledRun] {
        _ = try await scheduler(of: app)
        return try await machines.store.read { try $0.scheduledRuns(of: app.id) }
    }

    /// - Parameter text: a job's number or id, or its whole command where no other job has the same.
    package func scheduledJob(_ text: String, of app: App) async throws -> ScheduledJob {
        let jobs = try await scheduledJobs(of: app)
        let named = jobs.filter { "\($0.number)" == text || "\($0.id)" == text }
        let found = named.isEmpty ? jobs.filter { $0.command == text } : named
        guard found.count == 1, let job = found.first else { throw SchedulerError.noSuchJob(text, app.name) }
        return job
    }

    /// - Parameters:
    ///   - every: see ``Schedule``.
    ///   - size: of its dynos; `nil` for the usual one.
    package func addScheduledJob(
        _ command: String, every text: String, size: String?, to app: App
    ) async throws -> ScheduledJob {
        let addon = try await scheduler(of: app)
        guard command.contains(where: { !$0.isWhitespace }) else { throw SchedulerError.noCommand }
        let schedule = try Schedule(text)
        let dynoSize = try size.map { try SizeRules(app).size($0) }
        let now = machines.time.now()
        let job = try await machines.store.write { transaction in
            let job = ScheduledJob(
                addon: addon.id, app: app.id, number: try transaction.freeJobNumber(in: addon.id), command: command,
                schedule: schedule, size: dynoSize, nextRun: schedule.next(after: now), createdAt: now)
            try transaction.insert(job)
            return job
        }
        // It may be due before all others.
        reconciler.alarm.ring()
        return job
    }

    /// Ends a job with its history; a dyno of it that runs goes on.
    package func remove(_ job: ScheduledJob) async throws {
        try await machines.store.write { try $0.remove(job.id) }
        reconciler.alarm.ring()
    }

    /// Runs a job now, whatever its schedule says.
    ///
    /// - Throws: why its dyno could not be started; the history has it too.
    package func runNow(_ job: ScheduledJob) async throws -> ScheduledRun {
        let run = ScheduledRun(job: job.id, due: nil, startedAt: machines.time.now())
        try await machines.store.write { try $0.insert(run, keeping: Self.keptRuns) }
        return try await start(run, of: job)
    }

    /// How many runs of a job are remembered.
    static let keptRuns = 100

    /// - Throws: ``SchedulerError/noScheduler(_:)``
    private func scheduler(of app: App) async throws -> Addon {
        guard let addon = try await addons(of: app).first(where: { $0.service == Scheduler.name }) else {
            throw SchedulerError.noScheduler(app.name)
        }
        return addon
    }
}
