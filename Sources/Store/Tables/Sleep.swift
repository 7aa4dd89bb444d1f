package import Model

extension Transaction {
    /// Which apps are asleep, and since when.
    package borrowing func sleepingApps() throws -> [AppID: Timestamp] {
        let rows = try connection.rows("SELECT app_id, since FROM sleeping_apps") { row -> (AppID, Timestamp) in
            (try row.id(0), row.time(1))
        }
        return Dictionary(rows, uniquingKeysWith: { $1 })
    }

    /// - Parameter since: `nil` for an app that is awake.
    package borrowing func setSleep(of app: AppID, since: Timestamp?) throws {
        guard let since else {
            return try connection.run("DELETE FROM sleeping_apps WHERE app_id = ?", [SQLValue(app)])
        }
        // An app that has just been destroyed sleeps no more.
        try connection.run(
            """
            INSERT INTO sleeping_apps (app_id, since) SELECT id, ?2 FROM apps WHERE id = ?1
            ON CONFLICT (app_id) DO UPDATE SET since = excluded.since
            """, [SQLValue(app), SQLValue(since)])
    }

    /// How long each app's Eco dynos have run in a month, apps included that are gone.
    ///
    /// - Parameter month: `2026-01`.
    package borrowing func dynoHours(in month: String) throws -> [AppID: Duration] {
        let rows = try connection.rows(
            "SELECT app_id, used FROM dyno_hours WHERE month = ?", [SQLValue(month)]
        ) { row -> (AppID, Duration) in (try row.id(0), row.duration(1)) }
        return Dictionary(rows, uniquingKeysWith: { $1 })
    }

    package borrowing func setDynoHours(of app: AppID, in month: String, to used: Duration) throws {
        try connection.run(
            """
            INSERT INTO dyno_hours (month, app_id, used) VALUES (?, ?, ?)
            ON CONFLICT (month, app_id) DO UPDATE SET used = excluded.used
            """, [SQLValue(month), SQLValue(app), SQLValue(used)])
    }
}
