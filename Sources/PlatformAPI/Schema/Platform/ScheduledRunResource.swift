/// One run of a scheduled job: `GET /paas/v1/apps/{app}/scheduler/runs`.
package struct ScheduledRunResource: Codable, Sendable, Equatable {
    package var command: String
    /// When it was due; `nil` for one that somebody asked for.
    @Nullable package var dueAt: String?
    /// `scheduler.1234`; `nil` before it has one.
    @Nullable package var dyno: String?
    @Nullable package var endedAt: String?
    /// The exit status, once it has ended.
    @Nullable package var exitStatus: Int?
    package var id: String
    /// The number of the job.
    package var job: Int
    /// How many times it had been due before, while the platform did not run.
    package var missed: Int
    /// Why it was not run, or how it was lost.
    @Nullable package var reason: String?
    package var startedAt: String
    /// `running`, `ended`, `failed` (not run) or `lost` (nobody saw its end).
    package var state: String

    package init(
        command: String, dueAt: String? = nil, dyno: String? = nil, endedAt: String? = nil, exitStatus: Int? = nil,
        id: String, job: Int, missed: Int = 0, reason: String? = nil, startedAt: String, state: String
    ) {
        self.command = command
        self.dueAt = dueAt
        self.dyno = dyno
        self.endedAt = endedAt
        self.exitStatus = exitStatus
        self.id = id
        self.job = job
        self.missed = missed
        self.reason = reason
        self.startedAt = startedAt
        self.state = state
    }

    private enum CodingKeys: String, CodingKey {
        case command, dyno, id, job, missed, reason, state
        case dueAt = "due_at"
        case endedAt = "ended_at"
        case exitStatus = "exit_status"
        case startedAt = "started_at"
    }
}
