extension Transaction {
    /// A setting of the platform itself: the port it chose, the account's e-mail.
    package borrowing func setting(_ key: String) throws -> String? {
        try connection.row("SELECT value FROM settings WHERE key = ?", [SQLValue(key)]) { $0.text(0) }
    }

    /// - Parameter value: `nil` removes the setting.
    package borrowing func set(_ key: String, to value: String?) throws {
        guard let value else { return try connection.run("DELETE FROM settings WHERE key = ?", [SQLValue(key)]) }
        try connection.run(
            "INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            [SQLValue(key), SQLValue(value)])
    }

    /// Every setting whose key starts with `prefix`, by key.
    package borrowing func settings(startingWith prefix: String) throws -> [(key: String, value: String)] {
        try connection.rows(
            "SELECT key, value FROM settings WHERE substr(key, 1, length(?1)) = ?1 ORDER BY key", [SQLValue(prefix)]
        ) { ($0.text(0), $0.text(1)) }
    }
}
