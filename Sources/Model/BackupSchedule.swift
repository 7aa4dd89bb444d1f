/// A daily backup of a database that is taken by itself.
package struct BackupSchedule: Sendable, Equatable {
    package let id: BackupScheduleID
    /// A database has one at most.
    package let addon: AddonID
    package let app: AppID
    /// `DATABASE_URL`: what the database was called when it was scheduled.
    package let name: String
    /// From 0 to 23, by the clocks of ``timeZone``.
    package let hour: Int
    /// `America/Los_Angeles`
    package let timeZone: String
    package var nextRun: Timestamp
    package let createdAt: Timestamp

    package init(
        id: BackupScheduleID = BackupScheduleID(), addon: AddonID, app: AppID, name: String, hour: Int,
        timeZone: String, nextRun: Timestamp, createdAt: Timestamp
    ) {
        self.id = id
        self.addon = addon
        self.app = app
        self.name = name
        self.hour = hour
        self.timeZone = timeZone
        self.nextRun = nextRun
        self.createdAt = createdAt
    }
}

package typealias BackupScheduleID = Identifier<BackupSchedule>
