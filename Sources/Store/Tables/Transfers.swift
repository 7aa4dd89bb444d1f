package import Model

extension Transaction {
    /// Newest first.
    package borrowing func transfers(of app: AppID) throws -> [Transfer] {
        try transfers(where: "app_id = ? ORDER BY number DESC", [SQLValue(app)])
    }

    package borrowing func transfer(_ id: TransferID) throws -> Transfer? {
        try transfers(where: "id = ?", [SQLValue(id)]).first
    }

    /// Those of all apps that have not come to an end: after a crash of the daemon, those nobody works on any more.
    package borrowing func unfinishedTransfers() throws -> [Transfer] {
        try transfers(where: "finished_at IS NULL ORDER BY created_at", [])
    }

    /// The number of the app's next transfer; none comes twice, even where transfers have been removed.
    package borrowing func nextTransferNumber(of app: AppID) throws -> Int {
        try connection.run(
            """
            INSERT INTO transfer_numbers (app_id, last) VALUES (?, 1)
            ON CONFLICT (app_id) DO UPDATE SET last = last + 1
            """, [SQLValue(app)])
        return try connection.row("SELECT last FROM transfer_numbers WHERE app_id = ?", [SQLValue(app)]) { $0.int(0) }
            ?? 1
    }

    package borrowing func insert(_ transfer: Transfer) throws {
        try connection.run(
            """
            INSERT INTO transfers (id, app_id, number, kind, scheduled, source, target, created_at, finished_at,
                succeeded, canceled_at, bytes, trouble)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                SQLValue(transfer.id), SQLValue(transfer.app), SQLValue(transfer.number),
                SQLValue(transfer.kind.rawValue), SQLValue(transfer.isScheduled), SQLValue(transfer.source),
                SQLValue(transfer.target), SQLValue(transfer.createdAt), SQLValue(transfer.finishedAt),
                SQLValue(transfer.hasSucceeded), SQLValue(transfer.canceledAt), SQLValue(transfer.bytes),
                SQLValue(transfer.trouble),
            ])
    }

    /// How it ended; what it is about never changes.
    package borrowing func update(_ transfer: Transfer) throws {
        try connection.run(
            """
            UPDATE transfers SET finished_at = ?, succeeded = ?, canceled_at = ?, bytes = ?, trouble = ? WHERE id = ?
            """,
            [
                SQLValue(transfer.finishedAt), SQLValue(transfer.hasSucceeded), SQLValue(transfer.canceledAt),
                SQLValue(transfer.bytes), SQLValue(transfer.trouble), SQLValue(transfer.id),
            ])
    }

    package borrowing func remove(_ transfer: TransferID) throws {
        try connection.run("DELETE FROM transfers WHERE id = ?", [SQLValue(transfer)])
    }

    private borrowing func transfers(where condition: String, _ values: [SQLValue]) throws -> [Transfer] {
        try connection.rows(
            """
            SELECT id, app_id, number, kind, scheduled, source, target, created_at, finished_at, succeeded,
                canceled_at, bytes, trouble
            FROM transfers WHERE \(condition)
            """, values
        ) { row in
            var transfer = Transfer(
                id: try row.id(0), app: try row.id(1), number: row.int(2),
                kind: try row.parsed(3) { Transfer.Kind(rawValue: $0) }, isScheduled: row.bool(4),
                source: row.text(5), target: row.text(6), createdAt: row.time(7))
            transfer.finishedAt = row.optionalTime(8)
            transfer.hasSucceeded = row.bool(9)
            transfer.canceledAt = row.optionalTime(10)
            transfer.bytes = row.integer(11)
            transfer.trouble = row.text(12)
            return transfer
        }
    }
}
