package import Model

extension Transaction {
    package borrowing func slug(_ id: SlugID) throws -> Slug? { try slugs(where: "id = ?", [SQLValue(id)]).first }

    /// Newest first.
    package borrowing func slugs(of app: AppID) throws -> [Slug] {
        try slugs(where: "app_id = ? ORDER BY created_at DESC, rowid DESC", [SQLValue(app)])
    }

    package borrowing func insert(_ slug: Slug) throws {
        try connection.run(
            """
            INSERT INTO slugs (id, app_id, commit_id, size_bytes, buildpack_name, created_at) VALUES (?, ?, ?, ?, ?, ?)
            """,
            [
                SQLValue(slug.id), SQLValue(slug.app), SQLValue(slug.commit), SQLValue(slug.sizeBytes),
                SQLValue(slug.buildpackName), SQLValue(slug.createdAt),
            ])
        for (position, layer) in slug.layers.enumerated() {
            try connection.run(
                "INSERT INTO slug_layers (slug_id, position, layer) VALUES (?, ?, ?)",
                [SQLValue(slug.id), SQLValue(position), SQLValue(layer)])
        }
        for (type, command) in slug.processTypes {
            try connection.run(
                "INSERT INTO slug_processes (slug_id, type, command) VALUES (?, ?, ?)",
                [SQLValue(slug.id), SQLValue(type.text), SQLValue(command)])
        }
    }

    /// Forgets a slug; releases made with it keep its id.
    package borrowing func removeSlug(_ id: SlugID) throws {
        try connection.run("DELETE FROM slugs WHERE id = ?", [SQLValue(id)])
    }

    private borrowing func slugs(where condition: String, _ values: [SQLValue]) throws -> [Slug] {
        try connection.rows(
            """
            SELECT id, app_id, commit_id, size_bytes, buildpack_name, created_at FROM slugs WHERE \(condition)
            """, values
        ) { row in
            let id: SlugID = try row.id(0)
            let layers = try connection.rows(
                "SELECT layer FROM slug_layers WHERE slug_id = ? ORDER BY position", [SQLValue(id)]
            ) { $0.text(0) }
            let processes = try connection.rows(
                "SELECT type, command FROM slug_processes WHERE slug_id = ?", [SQLValue(id)]
            ) { (try $0.parsed(0) { ProcessType($0) }, $0.text(1)) }
            return Slug(
                id: id, app: try row.id(1), commit: row.optionalText(2), layers: layers,
                processTypes: Dictionary(processes, uniquingKeysWith: { $1 }), sizeBytes: row.integer(3),
                buildpackName: row.text(4), createdAt: row.time(5))
        }
    }
}
