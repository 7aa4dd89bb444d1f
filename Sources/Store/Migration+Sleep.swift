extension Migration {
    /// After how long an app sleeps, which apps do, and how long Eco dynos have run, by month and app.
    ///
    /// The hours of an app that is gone stay: they are used.
    static let sleep = Migration(
        name: "003-sleep",
        script: """
            ALTER TABLE apps ADD COLUMN sleep_after INTEGER NOT NULL DEFAULT 1800000000;
            CREATE TABLE sleeping_apps (
                app_id TEXT PRIMARY KEY REFERENCES apps (id) ON DELETE CASCADE, since INTEGER NOT NULL
            ) STRICT;
            CREATE TABLE dyno_hours (
                month TEXT NOT NULL, app_id TEXT NOT NULL, used INTEGER NOT NULL, PRIMARY KEY (month, app_id)
            ) STRICT, WITHOUT ROWID;
            """)
}
