/// A command that the scheduler of an app runs by itself.
package struct ScheduledJob: Sendable, Equatable {
    package let id: ScheduledJobID
    /// The scheduler that it belongs to, and goes with.
    package let addon: AddonID
    /// The app that owns the scheduler.
    package let app: AppID
    /// From 1 on, unique in its app.
    package let number: Int
    package let command: String
    package let schedule: Schedule
    /// `nil` for what one-off dynos usually have.
    package let size: DynoSize?
    /// When it is due; moved on before a run is started, so that no run is started twice.
    package var nextRun: Timestamp
    package let createdAt: Timestamp

    package init(
        id: ScheduledJobID = ScheduledJobID(), addon: AddonID, app: AppID, number: Int, command: String,
        schedule: Schedule, size: DynoSize?, nextRun: Timestamp, createdAt: Timestamp
    ) {
        self.id = id
        self.addon = addon
        self.app = app
        self.number = number
        self.command = command
        self.schedule = schedule
        self.size = size
        self.nextRun = nextRun
        self.createdAt = createdAt
    }
}

/// One time that a job was started, whatever became of it.
package struct ScheduledRun: Sendable, Equatable {
    package enum Outcome: Sendable, Equatable {
        case running
        /// With this exit status.
        case ended(Int32)
        /// Its dyno could not be started.
        case failed(String)
        /// Nobody saw its end.
        case lost(String)
    }

    package let id: ScheduledRunID
    package let job: ScheduledJobID
    /// What it was started for; `nil` for one that somebody asked for.
    package let due: Timestamp?
    /// How many times it had been due before, while nothing could start it.
    package let missed: Int
    package let startedAt: Timestamp
    /// `nil` until it has one.
    package var dyno: DynoName?
    package var outcome: Outcome
    package var endedAt: Timestamp?

    package init(
        id: ScheduledRunID = ScheduledRunID(), job: ScheduledJobID, due: Timestamp?, missed: Int = 0,
        startedAt: Timestamp, dyno: DynoName? = nil, outcome: Outcome = .running, endedAt: Timestamp? = nil
    ) {
        self.id = id
        self.job = job
        self.due = due
        self.missed = missed
        self.startedAt = startedAt
        self.dyno = dyno
        self.outcome = outcome
        self.endedAt = endedAt
    }

    /// The tag of its dyno that says which run it is, to a daemon that comes later too.
    package static let tag = "scheduled-run"
}

package typealias ScheduledJobID = Identifier<ScheduledJob>
package typealias ScheduledRunID = Identifier<ScheduledRun>
