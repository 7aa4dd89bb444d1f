package import Model

extension Transaction {
    /// Newest first.
    package borrowing func releases(of app: AppID) throws -> [Release] {
        try releases(where: "app_id = ? ORDER BY version DESC", [SQLValue(app)])
    }

    package borrowing func release(of app: AppID, version: Int) throws -> Release? {
        try releases(where: "app_id = ? AND version = ?", [SQLValue(app), SQLValue(version)]).first
    }

    package borrowing func release(_ id: ReleaseID) throws -> Release? {
        try releases(where: "id = ?", [SQLValue(id)]).first
    }

    /// The number of the app's next release; no number comes twice, even where releases have been removed.
    package borrowing func nextVersion(of app: AppID) throws -> Int {
        let last = try connection.row("SELECT last_version FROM apps WHERE id = ?", [SQLValue(app)]) { $0.int(0) }
        return (last ?? 0) + 1
    }

    package borrowing func insert(_ release: Release) throws {
        try connection.run(
            """
            INSERT INTO releases (id, app_id, version, status, description, slug_id, actor, created_at, updated_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                SQLValue(release.id), SQLValue(release.app), SQLValue(release.version),
                SQLValue(release.status.rawValue), SQLValue(release.description), SQLValue(release.slug),
                SQLValue(release.actor), SQLValue(release.createdAt), SQLValue(release.updatedAt),
            ])
        for (key, value) in release.config.revealed {
            try connection.run(
                "INSERT INTO release_config (release_id, key, value) VALUES (?, ?, ?)",
                [SQLValue(release.id), SQLValue(key), SQLValue(value)])
        }
        try connection.run(
            "UPDATE apps SET last_version = max(last_version, ?) WHERE id = ?",
            [SQLValue(release.version), SQLValue(release.app)])
    }

    /// Keeps the new status and ``Release/updatedAt``; nothing else of a release ever changes.
    package borrowing func update(_ release: Release) throws {
        try connection.run(
            "UPDATE releases SET status = ?, updated_at = ? WHERE id = ?",
            [SQLValue(release.status.rawValue), SQLValue(release.updatedAt), SQLValue(release.id)])
    }

    /// The release that serves, and that restarts, scaling and one-off dynos boot; `nil` before the first.
    package borrowing func currentRelease(of app: AppID) throws -> Release? {
        try releases(where: "id = (SELECT current_release FROM apps WHERE id = ?)", [SQLValue(app)]).first
    }

    /// Called when a release serves, and only then.
    package borrowing func setCurrentRelease(_ id: ReleaseID, of app: AppID) throws {
        try connection.run("UPDATE apps SET current_release = ? WHERE id = ?", [SQLValue(id), SQLValue(app)])
    }

    /// What the release command printed; `nil` where none has run.
    package borrowing func releaseOutput(_ id: ReleaseID) throws -> [UInt8]? {
        try output(in: "release_output", of: "release_id", SQLValue(id))
    }

    package borrowing func appendReleaseOutput(_ bytes: [UInt8], to id: ReleaseID) throws {
        try connection.run(
            "INSERT INTO release_output (release_id, bytes) VALUES (?, ?)", [SQLValue(id), .bytes(bytes)])
    }

    /// All parts of an output in the order in which they were appended.
    borrowing func output(in table: String, of column: String, _ id: SQLValue) throws -> [UInt8]? {
        let parts = try connection.rows("SELECT bytes FROM \(table) WHERE \(column) = ? ORDER BY part", [id]) {
            $0.bytes(0)
        }
        return parts.isEmpty ? nil : Array(parts.joined())
    }

    private borrowing func releases(where condition: String, _ values: [SQLValue]) throws -> [Release] {
        try connection.rows(
            """
            SELECT id, app_id, version, status, description, slug_id, actor, created_at, updated_at
            FROM releases WHERE \(condition)
            """, values
        ) { row in
            let id: ReleaseID = try row.id(0)
            let config = try connection.rows(
                "SELECT key, value FROM release_config WHERE release_id = ?", [SQLValue(id)]
            ) { ($0.text(0), $0.text(1)) }
            return Release(
                id: id, app: try row.id(1), version: row.int(2),
                status: try row.parsed(3) { Release.Status(rawValue: $0) }, description: row.text(4),
                slug: try row.optionalID(5), config: ConfigVars(Dictionary(config, uniquingKeysWith: { $1 })),
                actor: row.text(6), createdAt: row.time(7), updatedAt: row.time(8))
        }
    }
}
