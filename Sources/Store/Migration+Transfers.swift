extension Migration {
    /// Backups, restores and copies of databases.
    static let transfers = Migration(
        name: "transfers",
        script: """
            CREATE TABLE transfers (
                id TEXT PRIMARY KEY, app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
                number INTEGER NOT NULL, kind TEXT NOT NULL, scheduled INTEGER NOT NULL, source TEXT NOT NULL,
                target TEXT NOT NULL, created_at INTEGER NOT NULL, finished_at INTEGER, succeeded INTEGER NOT NULL,
                canceled_at INTEGER, bytes INTEGER NOT NULL, trouble TEXT NOT NULL, UNIQUE (app_id, number)
            ) STRICT;
            CREATE TABLE transfer_numbers (
                app_id TEXT PRIMARY KEY REFERENCES apps (id) ON DELETE CASCADE, last INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;
            """)
}
