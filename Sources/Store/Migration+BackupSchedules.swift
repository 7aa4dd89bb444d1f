extension Migration {
    /// Daily backups of databases; a schedule goes with its database.
    static let backupSchedules = Migration(
        name: "backup_schedules",
        script: """
            CREATE TABLE backup_schedules (
                id TEXT PRIMARY KEY, addon_id TEXT NOT NULL UNIQUE REFERENCES addons (id) ON DELETE CASCADE,
                app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE, name TEXT NOT NULL, hour INTEGER NOT NULL,
                time_zone TEXT NOT NULL, next_run INTEGER NOT NULL, created_at INTEGER NOT NULL
            ) STRICT;
            CREATE INDEX backup_schedules_by_time ON backup_schedules (next_run);
            """)
}
