extension Migration {
    /// What dynos had written when they ended, by name.
    static let lostFiles = Migration(
        name: "lost-files",
        script: """
            CREATE TABLE lost_files (
                dyno_id TEXT PRIMARY KEY, app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
                dyno TEXT NOT NULL, time INTEGER NOT NULL, count INTEGER NOT NULL, is_complete INTEGER NOT NULL
            ) STRICT;
            CREATE INDEX lost_files_by_app ON lost_files (app_id, time);
            CREATE TABLE lost_file_paths (
                dyno_id TEXT NOT NULL REFERENCES lost_files (dyno_id) ON DELETE CASCADE, position INTEGER NOT NULL,
                path TEXT NOT NULL, size_bytes INTEGER NOT NULL, PRIMARY KEY (dyno_id, position)
            ) STRICT, WITHOUT ROWID;
            """)
}
