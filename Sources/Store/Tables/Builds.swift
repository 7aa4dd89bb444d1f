package import Model

extension Transaction {
    /// Newest first.
    package borrowing func builds(of app: AppID) throws -> [Build] {
        try builds(where: "app_id = ? ORDER BY created_at DESC, rowid DESC", [SQLValue(app)])
    }

    package borrowing func build(_ id: BuildID) throws -> Build? { try builds(where: "id = ?", [SQLValue(id)]).first }

    package borrowing func insert(_ build: Build) throws {
        try connection.run(
            """
            INSERT INTO builds (id, app_id, commit_id, status, slug_id, release_id, actor, created_at, updated_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                SQLValue(build.id), SQLValue(build.app), SQLValue(build.commit), SQLValue(build.status.rawValue),
                SQLValue(build.slug), SQLValue(build.release), SQLValue(build.actor), SQLValue(build.createdAt),
                SQLValue(build.updatedAt),
            ])
        try insertBuildpacks(of: build)
    }

    package borrowing func update(_ build: Build) throws {
        try connection.run(
            "UPDATE builds SET status = ?, slug_id = ?, release_id = ?, updated_at = ? WHERE id = ?",
            [
                SQLValue(build.status.rawValue), SQLValue(build.slug), SQLValue(build.release),
                SQLValue(build.updatedAt), SQLValue(build.id),
            ])
        try connection.run("DELETE FROM build_buildpacks WHERE build_id = ?", [SQLValue(build.id)])
        try insertBuildpacks(of: build)
    }

    /// Builds that were under way, of all apps: after a crash of the daemon, those nobody works on any more.
    package borrowing func pendingBuilds() throws -> [Build] {
        try builds(where: "status = ? ORDER BY created_at, rowid", [SQLValue(Build.Status.pending.rawValue)])
    }

    /// What the build printed; `nil` where nothing was.
    package borrowing func buildOutput(_ id: BuildID) throws -> [UInt8]? {
        try output(in: "build_output", of: "build_id", SQLValue(id))
    }

    package borrowing func appendBuildOutput(_ bytes: [UInt8], to id: BuildID) throws {
        try connection.run("INSERT INTO build_output (build_id, bytes) VALUES (?, ?)", [SQLValue(id), .bytes(bytes)])
    }

    private borrowing func insertBuildpacks(of build: Build) throws {
        for (position, buildpack) in build.buildpacks.enumerated() {
            try connection.run(
                "INSERT INTO build_buildpacks (build_id, position, buildpack) VALUES (?, ?, ?)",
                [SQLValue(build.id), SQLValue(position), SQLValue(buildpack)])
        }
    }

    private borrowing func builds(where condition: String, _ values: [SQLValue]) throws -> [Build] {
        try connection.rows(
            """
            SELECT id, app_id, commit_id, status, slug_id, release_id, actor, created_at, updated_at
            FROM builds WHERE \(condition)
            """, values
        ) { row in
            let id: BuildID = try row.id(0)
            let buildpacks = try connection.rows(
                "SELECT buildpack FROM build_buildpacks WHERE build_id = ? ORDER BY position", [SQLValue(id)]
            ) { $0.text(0) }
            return Build(
                id: id, app: try row.id(1), commit: row.text(2),
                status: try row.parsed(3) { Build.Status(rawValue: $0) }, slug: try row.optionalID(4),
                release: try row.optionalID(5), buildpacks: buildpacks, actor: row.text(6), createdAt: row.time(7),
                updatedAt: row.time(8))
        }
    }
}
