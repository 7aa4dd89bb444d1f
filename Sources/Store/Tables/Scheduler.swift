package import Model

extension Transaction {
    /// The jobs of an app, by number.
    package borrowing func scheduledJobs(of app: AppID) throws -> [ScheduledJob] {
        try jobs(where: "a.app_id = ? ORDER BY j.number", [SQLValue(app)])
    }

    /// What is due, longest waiting first; jobs of a scheduler that is being made or ended are not.
    package borrowing func dueJobs(at now: Timestamp) throws -> [ScheduledJob] {
        try jobs(
            where: "j.next_run <= ? AND a.state = 'provisioned' ORDER BY j.next_run, j.rowid", [SQLValue(now)])
    }

    /// When ``dueJobs(at:)`` will have one.
    package borrowing func nextDue() throws -> Timestamp? {
        try connection.row(
            """
            SELECT min(j.next_run) FROM scheduled_jobs j JOIN addons a ON a.id = j.addon_id
            WHERE a.state = 'provisioned'
            """
        ) { $0.optionalTime(0) } ?? nil
    }

    package borrowing func scheduledJob(_ id: ScheduledJobID) throws -> ScheduledJob? {
        try jobs(where: "j.id = ?", [SQLValue(id)]).first
    }

    /// The number of a new job: one more than the highest that is there.
    package borrowing func freeJobNumber(in addon: AddonID) throws -> Int {
        try connection.row(
            "SELECT coalesce(max(number), 0) + 1 FROM scheduled_jobs WHERE addon_id = ?", [SQLValue(addon)]
        ) { $0.int(0) } ?? 1
    }

    package borrowing func insert(_ job: ScheduledJob) throws {
        try connection.run(
            """
            INSERT INTO scheduled_jobs (id, addon_id, number, command, schedule, size, next_run, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                SQLValue(job.id), SQLValue(job.addon), SQLValue(job.number), SQLValue(job.command),
                SQLValue(job.schedule.text), SQLValue(job.size?.name), SQLValue(job.nextRun), SQLValue(job.createdAt),
            ])
    }

    /// With its history.
    package borrowing func remove(_ job: ScheduledJobID) throws {
        try connection.run("DELETE FROM scheduled_jobs WHERE id = ?", [SQLValue(job)])
    }

    /// Moves a job that is due on to its next time, and takes note of the run that is to be started now.
    ///
    /// - Returns: whether the run is the caller's to start: nobody else, in this process or another, gets it too.
    package borrowing func claim(
        _ job: ScheduledJob, until next: Timestamp, as run: ScheduledRun, keeping limit: Int
    ) throws -> Bool {
        guard try scheduledJob(job.id)?.nextRun == job.nextRun else { return false }
        try connection.run(
            "UPDATE scheduled_jobs SET next_run = ? WHERE id = ?", [SQLValue(next), SQLValue(job.id)])
        try insert(run, keeping: limit)
        return true
    }

    private borrowing func jobs(where condition: String, _ values: [SQLValue]) throws -> [ScheduledJob] {
        try connection.rows(
            """
            SELECT j.id, j.addon_id, a.app_id, j.number, j.command, j.schedule, j.size, j.next_run, j.created_at
            FROM scheduled_jobs j JOIN addons a ON a.id = j.addon_id WHERE \(condition)
            """, values
        ) { row in
            ScheduledJob(
                id: try row.id(0), addon: try row.id(1), app: try row.id(2), number: row.int(3), command: row.text(4),
                schedule: try row.parsed(5) { try Schedule($0) },
                size: row.isNull(6) ? nil : try row.parsed(6) { DynoSize.named($0) }, nextRun: row.time(7),
                createdAt: row.time(8))
        }
    }
}

// MARK: - Runs

extension Transaction {
    /// Keeps the newest `limit` runs of its job.
    package borrowing func insert(_ run: ScheduledRun, keeping limit: Int) throws {
        let (outcome, status, reason) = run.outcome.columns
        try connection.run(
            """
            INSERT INTO scheduled_runs
                (id, job_id, due_at, missed, dyno, outcome, status, reason, started_at, ended_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                SQLValue(run.id), SQLValue(run.job), SQLValue(run.due), SQLValue(run.missed),
                SQLValue(run.dyno.map { "\($0)" }), SQLValue(outcome), status, SQLValue(reason),
                SQLValue(run.startedAt), SQLValue(run.endedAt),
            ])
        try connection.run(
            """
            DELETE FROM scheduled_runs WHERE job_id = ?1 AND id NOT IN
                (SELECT id FROM scheduled_runs WHERE job_id = ?1 ORDER BY started_at DESC, rowid DESC LIMIT ?2)
            """, [SQLValue(run.job), SQLValue(limit)])
    }

    /// Which dyno it is.
    package borrowing func setDyno(_ dyno: DynoName, of run: ScheduledRunID) throws {
        try connection.run("UPDATE scheduled_runs SET dyno = ? WHERE id = ?", [SQLValue("\(dyno)"), SQLValue(run)])
    }

    /// How a run ended; what was said first holds.
    package borrowing func finish(_ run: ScheduledRunID, as outcome: ScheduledRun.Outcome, at time: Timestamp) throws {
        let (outcome, status, reason) = outcome.columns
        try connection.run(
            """
            UPDATE scheduled_runs SET outcome = ?, status = ?, reason = ?, ended_at = ?
            WHERE id = ? AND outcome = 'running'
            """, [SQLValue(outcome), status, SQLValue(reason), SQLValue(time), SQLValue(run)])
    }

    package borrowing func scheduledRun(_ id: ScheduledRunID) throws -> ScheduledRun? {
        try runs(where: "id = ?", [SQLValue(id)]).first
    }

    /// Of all jobs of an app, newest first.
    package borrowing func scheduledRuns(of app: AppID) throws -> [ScheduledRun] {
        try runs(
            where: """
                job_id IN (SELECT j.id FROM scheduled_jobs j JOIN addons a ON a.id = j.addon_id WHERE a.app_id = ?)
                ORDER BY started_at DESC, rowid DESC
                """, [SQLValue(app)])
    }

    /// Of all apps, oldest first.
    package borrowing func unfinishedRuns() throws -> [ScheduledRun] {
        try runs(where: "outcome = 'running' ORDER BY started_at, rowid", [])
    }

    private borrowing func runs(where condition: String, _ values: [SQLValue]) throws -> [ScheduledRun] {
        try connection.rows(
            """
            SELECT id, job_id, due_at, missed, dyno, outcome, status, reason, started_at, ended_at
            FROM scheduled_runs WHERE \(condition)
            """, values
        ) { row in
            let (status, reason) = (Int32(truncatingIfNeeded: row.integer(6)), row.text(7))
            return ScheduledRun(
                id: try row.id(0), job: try row.id(1), due: row.optionalTime(2), missed: row.int(3),
                startedAt: row.time(8), dyno: row.isNull(4) ? nil : try row.parsed(4) { DynoName($0) },
                outcome: try row.parsed(5) { ScheduledRun.Outcome($0, status: status, reason: reason) },
                endedAt: row.optionalTime(9))
        }
    }
}

extension ScheduledRun.Outcome {
    fileprivate var columns: (name: String, status: SQLValue, reason: String?) {
        switch self {
        case .running: ("running", .null, nil)
        case .ended(let status): ("ended", SQLValue(Int(status)), nil)
        case .failed(let reason): ("failed", .null, reason)
        case .lost(let reason): ("lost", .null, reason)
        }
    }

    fileprivate init?(_ name: String, status: Int32, reason: String) {
        switch name {
        case "running": self = .running
        case "ended": self = .ended(status)
        case "failed": self = .failed(reason)
        case "lost": self = .lost(reason)
        default: return nil
        }
    }
}
