internal import Dyno
internal import Logs
internal import Model
internal import Store

/// What time asks of schedulers.
extension Platform {
    /// Starts the jobs that are due.
    ///
    /// - Returns: how long none is; `nil` when none ever will be.
    func scheduleReview() async -> Duration? {
        do {
            for job in try await machines.store.read({ [now = machines.time.now()] in try $0.dueJobs(at: now) }) {
                try await startDue(job)
            }
            return try await machines.store.read { try $0.nextDue() }?.since(machines.time.now())
        } catch {
            // The books can't be read or written now: what is due stays due.
            return .seconds(30)
        }
    }

    /// Runs a job that is due once, however often its time has come while nobody was there.
    ///
    /// Its next time is written down with the run before anything starts: a daemon that dies starts it never, and none
    /// starts it twice.
    private func startDue(_ job: ScheduledJob) async throws {
        let now = machines.time.now()
        let later = job.schedule.count(after: job.nextRun, through: now, limit: Self.mostCounted)
        let run = ScheduledRun(job: job.id, due: job.nextRun, missed: later, startedAt: now)
        let next = job.schedule.next(after: now)
        let isMine = try await machines.store.write { transaction in
            try transaction.claim(job, until: next, as: run, keeping: Self.keptRuns)
        }
        guard isMine else { return }
        if let text = missed(job, later, at: now) { await sayScheduled(text, in: job.app) }
        reconciler.later { [self] in
            // Its log line and its history say what went wrong.
            _ = try? await start(run, of: job)
        }
    }

    /// What the log says of a job that runs late; `nil` for one that does not.
    private func missed(_ job: ScheduledJob, _ later: Int, at now: Timestamp) -> String? {
        guard later > 0 || now.since(job.nextRun) > Self.tolerance else { return nil }
        let count = later + 1
        let times =
            switch count {
            case 1: "1 run of `\(job.command)` was missed"
            case ...Self.mostCounted: "\(count) runs of `\(job.command)` were missed"
            default: "More than \(Self.mostCounted) runs of `\(job.command)` were missed"
            }
        return "\(times) since \(job.nextRun.iso8601); it runs once now"
    }

    private static let mostCounted = 1000
    /// How late a run may be that has not been missed.
    private static let tolerance = Duration.seconds(60)

    /// Starts the dyno of a run that is in the books.
    func start(_ run: ScheduledRun, of job: ScheduledJob) async throws -> ScheduledRun {
        do {
            let app = try await app("\(job.app)")
            let dyno = try await self.run(
                OneOff(command: job.command, size: job.size?.name, type: .scheduler, scheduledRun: run.id), in: app)
            // It may have ended already, which this leaves as it is.
            return try await machines.store.write { transaction in
                try transaction.setDyno(dyno.name, of: run.id)
                var started = run
                started.dyno = dyno.name
                return try transaction.scheduledRun(run.id) ?? started
            }
        } catch {
            let reason = (error as? any Explained)?.explanation.sentence ?? "\(error)"
            let now = machines.time.now()
            await sayScheduled("`\(job.command)` was not run: \(reason)", in: job.app)
            // The log has said it; what it could not do matters more.
            try? await machines.store.write { try $0.finish(run.id, as: .failed(reason), at: now) }
            throw error
        }
    }

    /// Says which runs an earlier daemon has begun and nobody saw the end of. What it started and still is there is
    /// adopted with its dyno.
    func settleScheduledRuns(adopting handles: [DynoHandle]) async throws {
        let known = Set(handles.compactMap { $0.tags[ScheduledRun.tag] })
        let now = machines.time.now()
        let lost = try await machines.store.write { transaction in
            var lost: [(ScheduledRun, ScheduledJob, String)] = []
            for run in try transaction.unfinishedRuns() where !known.contains("\(run.id)") {
                let reason =
                    run.dyno.map { "\($0) was gone when the platform came back" }
                    ?? "the platform ended before its dyno started"
                try transaction.finish(run.id, as: .lost(reason), at: now)
                if let job = try transaction.scheduledJob(run.job) { lost.append((run, job, reason)) }
            }
            return lost
        }
        for (run, job, reason) in lost {
            let time = (run.due ?? run.startedAt).iso8601
            await sayScheduled("The run of `\(job.command)` of \(time) is lost: \(reason)", in: job.app)
        }
    }

    /// A line of the scheduler itself, which survives the daemon.
    private func sayScheduled(_ text: String, in app: AppID) async {
        let line = LogLine(time: machines.time.now(), source: .heroku, process: ProcessType.scheduler.text, text)
        await machines.logs.append([line], to: app, origin: nil)
        await machines.logs.flush()
    }
}

extension Reconciler {
    /// Keeps how a scheduler's dyno ended, before what is left of it is let go: a daemon that dies between hears it
    /// again.
    func keepScheduledEnd(of dyno: LiveDyno, _ ending: Ending) async {
        guard let run = dyno.scheduledRun, let handle = dyno.handle else { return }
        let time = handle.endedAt ?? machines.time.now()
        let outcome: ScheduledRun.Outcome =
            ending == .lost ? .lost("\(dyno.name) ended unseen") : .ended(ending.status)
        // The log says it too; nothing may fail for the list.
        try? await machines.store.write { transaction in
            try transaction.setDyno(dyno.name, of: run)
            try transaction.finish(run, as: outcome, at: time)
        }
    }
}
