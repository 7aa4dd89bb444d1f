package import Model

extension Transaction {
    /// Keeps what a dyno has lost; of each app the newest `limit`. A dyno that is told of twice is kept once.
    package borrowing func insert(_ loss: DynoLoss, keeping limit: Int) throws {
        try connection.run(
            """
            INSERT INTO lost_files (dyno_id, app_id, dyno, time, count, is_complete) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (dyno_id) DO NOTHING
            """,
            [
                SQLValue(loss.id), SQLValue(loss.app), SQLValue("\(loss.name)"), SQLValue(loss.time),
                SQLValue(loss.files.count), SQLValue(loss.files.isComplete),
            ])
        for (position, file) in loss.files.files.enumerated() {
            try connection.run(
                """
                INSERT INTO lost_file_paths (dyno_id, position, path, size_bytes) VALUES (?, ?, ?, ?)
                ON CONFLICT DO NOTHING
                """, [SQLValue(loss.id), SQLValue(position), SQLValue(file.path), SQLValue(file.sizeBytes)])
        }
        try connection.run(
            """
            DELETE FROM lost_files WHERE app_id = ? AND dyno_id NOT IN
                (SELECT dyno_id FROM lost_files WHERE app_id = ? ORDER BY time DESC, rowid DESC LIMIT ?)
            """, [SQLValue(loss.app), SQLValue(loss.app), SQLValue(limit)])
    }

    /// Newest first.
    ///
    /// - Parameter name: of one dyno's incarnations only.
    package borrowing func losses(of app: AppID, dyno name: DynoName? = nil) throws -> [DynoLoss] {
        try connection.rows(
            """
            SELECT dyno_id, dyno, time, count, is_complete FROM lost_files
            WHERE app_id = ? AND (? IS NULL OR dyno = ?) ORDER BY time DESC, rowid DESC
            """, [SQLValue(app), SQLValue(name.map { "\($0)" }), SQLValue(name.map { "\($0)" })]
        ) { row in
            let id: DynoID = try row.id(0)
            let files = try connection.rows(
                "SELECT path, size_bytes FROM lost_file_paths WHERE dyno_id = ? ORDER BY position", [SQLValue(id)]
            ) { LostFile(path: $0.text(0), sizeBytes: $0.integer(1)) }
            return DynoLoss(
                id: id, app: app, name: try row.parsed(1) { DynoName($0) }, time: row.time(2),
                files: LostFiles(files: files, count: row.int(3), isComplete: row.bool(4)))
        }
    }
}
