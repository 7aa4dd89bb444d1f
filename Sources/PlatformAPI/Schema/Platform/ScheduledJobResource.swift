/// A job of an app's scheduler: `GET` and `POST /paas/v1/apps/{app}/scheduler/jobs`.
package struct ScheduledJobResource: Codable, Sendable, Equatable {
    package var command: String
    package var createdAt: String
    package var id: String
    /// `Every 10 minutes`, or an expression of cron's.
    package var frequency: String
    /// The newest of its runs that is remembered.
    @Nullable package var lastRun: ScheduledRunResource?
    /// The next five, soonest first.
    package var nextRuns: [String]
    /// What commands call it.
    package var number: Int
    /// `10m`, as it was typed.
    package var schedule: String
    /// `nil` for what one-off dynos usually have.
    @Nullable package var size: String?

    package init(
        command: String, createdAt: String, id: String, frequency: String, lastRun: ScheduledRunResource?,
        nextRuns: [String], number: Int, schedule: String, size: String?
    ) {
        self.command = command
        self.createdAt = createdAt
        self.id = id
        self.frequency = frequency
        self.lastRun = lastRun
        self.nextRuns = nextRuns
        self.number = number
        self.schedule = schedule
        self.size = size
    }

    private enum CodingKeys: String, CodingKey {
        case command, id, frequency, number, schedule, size
        case createdAt = "created_at"
        case lastRun = "last_run"
        case nextRuns = "next_runs"
    }
}

/// Body of `POST /paas/v1/apps/{app}/scheduler/jobs`.
package struct ScheduledJobCreate: Codable, Sendable, Equatable {
    package var command: String
    /// `10m`, `hour:30`, `day@04:00` or five fields of cron.
    package var schedule: String
    package var size: String?

    package init(command: String, schedule: String, size: String? = nil) {
        self.command = command
        self.schedule = schedule
        self.size = size
    }
}
