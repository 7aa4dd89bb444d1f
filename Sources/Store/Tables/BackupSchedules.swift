package import Model

extension Transaction {
    /// The daily backups of an app's databases, by name.
    package borrowing func backupSchedules(of app: AppID) throws -> [BackupSchedule] {
        try backupSchedules(where: "app_id = ? ORDER BY name", [SQLValue(app)])
    }

    /// Those whose time has come, the longest due first.
    package borrowing func dueBackups(at time: Timestamp) throws -> [BackupSchedule] {
        try backupSchedules(where: "next_run <= ? ORDER BY next_run", [SQLValue(time)])
    }

    /// When the next one is due; `nil` where none is.
    package borrowing func nextBackup() throws -> Timestamp? {
        try connection.row("SELECT next_run FROM backup_schedules ORDER BY next_run LIMIT 1") { $0.time(0) }
    }

    /// In the place of the one that the database has.
    package borrowing func put(_ schedule: BackupSchedule) throws {
        try connection.run("DELETE FROM backup_schedules WHERE addon_id = ?", [SQLValue(schedule.addon)])
        try connection.run(
            """
            INSERT INTO backup_schedules (id, addon_id, app_id, name, hour, time_zone, next_run, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                SQLValue(schedule.id), SQLValue(schedule.addon), SQLValue(schedule.app), SQLValue(schedule.name),
                SQLValue(schedule.hour), SQLValue(schedule.timeZone), SQLValue(schedule.nextRun),
                SQLValue(schedule.createdAt),
            ])
    }

    package borrowing func setNextRun(_ time: Timestamp, of schedule: BackupScheduleID) throws {
        try connection.run(
            "UPDATE backup_schedules SET next_run = ? WHERE id = ?", [SQLValue(time), SQLValue(schedule)])
    }

    package borrowing func remove(_ schedule: BackupScheduleID) throws {
        try connection.run("DELETE FROM backup_schedules WHERE id = ?", [SQLValue(schedule)])
    }

    private borrowing func backupSchedules(
        where condition: String, _ values: [SQLValue]
    ) throws -> [BackupSchedule] {
        try connection.rows(
            """
            SELECT id, addon_id, app_id, name, hour, time_zone, next_run, created_at FROM backup_schedules
            WHERE \(condition)
            """, values
        ) { row in
            BackupSchedule(
                id: try row.id(0), addon: try row.id(1), app: try row.id(2), name: row.text(3), hour: row.int(4),
                timeZone: row.text(5), nextRun: row.time(6), createdAt: row.time(7))
        }
    }
}
