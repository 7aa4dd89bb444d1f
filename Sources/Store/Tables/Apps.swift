package import Model

extension Transaction {
    /// Every living app, by name.
    package borrowing func apps() throws -> [App] { try apps(where: "true ORDER BY name", []) }

    package borrowing func app(_ id: AppID) throws -> App? { try apps(where: "id = ?", [SQLValue(id)]).first }

    package borrowing func app(named name: AppName) throws -> App? {
        try apps(where: "name = ?", [SQLValue(name.text)]).first
    }

    /// - Throws: ``StoreError/appNameTaken(_:)``.
    package borrowing func insert(_ app: App) throws {
        try requireFreeName(of: app)
        try connection.run(
            """
            INSERT INTO apps (id, name, ordinal, created_at, updated_at, released_at, maintenance, sleep_after)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                SQLValue(app.id), SQLValue(app.name.text), SQLValue(app.ordinal), SQLValue(app.createdAt),
                SQLValue(app.updatedAt), SQLValue(app.releasedAt), SQLValue(app.maintenance),
                SQLValue(app.sleepAfter),
            ])
        try insertLists(of: app)
    }

    /// - Throws: ``StoreError/appNameTaken(_:)``.
    package borrowing func update(_ app: App) throws {
        try requireFreeName(of: app)
        try connection.run(
            """
            UPDATE apps SET name = ?, updated_at = ?, released_at = ?, maintenance = ?, sleep_after = ? WHERE id = ?
            """,
            [
                SQLValue(app.name.text), SQLValue(app.updatedAt), SQLValue(app.releasedAt), SQLValue(app.maintenance),
                SQLValue(app.sleepAfter), SQLValue(app.id),
            ])
        try connection.run("DELETE FROM app_features WHERE app_id = ?", [SQLValue(app.id)])
        try connection.run("DELETE FROM app_buildpacks WHERE app_id = ?", [SQLValue(app.id)])
        try insertLists(of: app)
    }

    /// Forgets the app with its releases, slugs, builds and formation; its events stay.
    package borrowing func remove(_ id: AppID) throws {
        try connection.run("DELETE FROM apps WHERE id = ?", [SQLValue(id)])
    }

    /// The lowest ``App/ordinal`` that no living app has; counts from 1.
    package borrowing func freeOrdinal() throws -> Int {
        let taken = try connection.rows("SELECT ordinal FROM apps ORDER BY ordinal") { $0.int(0) }
        var free = 1
        for ordinal in taken where ordinal == free { free += 1 }
        return free
    }

    private borrowing func requireFreeName(of app: App) throws {
        let holder = try connection.row("SELECT id FROM apps WHERE name = ?", [SQLValue(app.name.text)]) { $0.text(0) }
        guard holder == nil || holder == app.id.description else { throw StoreError.appNameTaken(app.name) }
    }

    private borrowing func insertLists(of app: App) throws {
        for (name, enabled) in app.features {
            try connection.run(
                "INSERT INTO app_features (app_id, name, enabled) VALUES (?, ?, ?)",
                [SQLValue(app.id), SQLValue(name), SQLValue(enabled)])
        }
        for (position, buildpack) in app.buildpacks.enumerated() {
            try connection.run(
                "INSERT INTO app_buildpacks (app_id, position, buildpack) VALUES (?, ?, ?)",
                [SQLValue(app.id), SQLValue(position), SQLValue(buildpack)])
        }
    }

    private borrowing func apps(where condition: String, _ values: [SQLValue]) throws -> [App] {
        try connection.rows(
            """
            SELECT id, name, created_at, updated_at, released_at, maintenance, ordinal, sleep_after
            FROM apps WHERE \(condition)
            """, values
        ) { row in
            let id: AppID = try row.id(0)
            let features = try connection.rows(
                "SELECT name, enabled FROM app_features WHERE app_id = ?", [SQLValue(id)]
            ) { ($0.text(0), $0.bool(1)) }
            let buildpacks = try connection.rows(
                "SELECT buildpack FROM app_buildpacks WHERE app_id = ? ORDER BY position", [SQLValue(id)]
            ) { $0.text(0) }
            return App(
                id: id, name: try row.parsed(1) { try AppName($0) }, createdAt: row.time(2), updatedAt: row.time(3),
                releasedAt: row.optionalTime(4), maintenance: row.bool(5), buildpacks: buildpacks,
                features: Dictionary(features, uniquingKeysWith: { $1 }), sleepAfter: row.duration(7),
                ordinal: row.int(6))
        }
    }
}
