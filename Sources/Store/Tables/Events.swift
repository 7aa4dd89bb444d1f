package import Model

extension Transaction {
    /// Adds the event under the next sequence number; its own is not looked at.
    package borrowing func record(_ event: Event) throws {
        try connection.run(
            """
            INSERT INTO events (time, actor, app_id, resource, resource_id, action, before, after)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                SQLValue(event.time), SQLValue(event.actor), SQLValue(event.app), SQLValue(event.resource),
                SQLValue(event.resourceID), SQLValue(event.action), SQLValue(event.before), SQLValue(event.after),
            ])
    }

    /// Oldest first.
    ///
    /// - Parameter sequence: the last one already known; 0 for all.
    package borrowing func events(after sequence: Int64, limit: Int) throws -> [Event] {
        try connection.rows(
            """
            SELECT sequence, time, actor, app_id, resource, resource_id, action, before, after
            FROM events WHERE sequence > ? ORDER BY sequence LIMIT ?
            """, [SQLValue(sequence), SQLValue(limit)]
        ) { row in
            Event(
                sequence: row.integer(0), time: row.time(1), actor: row.text(2), app: try row.optionalID(3),
                resource: row.text(4), resourceID: row.text(5), action: row.text(6), before: row.optionalText(7),
                after: row.optionalText(8))
        }
    }
}
