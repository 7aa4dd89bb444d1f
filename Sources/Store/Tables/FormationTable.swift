package import Model

extension Transaction {
    /// By process type.
    package borrowing func formation(of app: AppID) throws -> [FormationEntry] {
        try connection.rows(
            """
            SELECT id, app_id, type, quantity, size, created_at, updated_at FROM formation WHERE app_id = ?
            ORDER BY type
            """, [SQLValue(app)]
        ) { row in
            FormationEntry(
                id: try row.id(0), app: try row.id(1), type: try row.parsed(2) { ProcessType($0) },
                quantity: row.int(3), size: try row.parsed(4) { DynoSize.named($0) }, createdAt: row.time(5),
                updatedAt: row.time(6))
        }
    }

    /// Adds the entry, or changes quantity and size of the app's entry of that type, which keeps its id.
    package borrowing func upsert(_ entry: FormationEntry) throws {
        try connection.run(
            """
            INSERT INTO formation (id, app_id, type, quantity, size, created_at, updated_at)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (app_id, type) DO UPDATE
            SET quantity = excluded.quantity, size = excluded.size, updated_at = excluded.updated_at
            """,
            [
                SQLValue(entry.id), SQLValue(entry.app), SQLValue(entry.type.text), SQLValue(entry.quantity),
                SQLValue(entry.size.name), SQLValue(entry.createdAt), SQLValue(entry.updatedAt),
            ])
    }

    package borrowing func removeFormation(of app: AppID, type: ProcessType) throws {
        try connection.run(
            "DELETE FROM formation WHERE app_id = ? AND type = ?", [SQLValue(app), SQLValue(type.text)])
    }
}
