extension Migration {
    /// Mail that apps have sent, and the keys that let them. Both go with their add-on; a number never comes twice.
    static let mail = Migration(
        name: "mail",
        script: """
            CREATE TABLE mail_messages (
                number INTEGER PRIMARY KEY AUTOINCREMENT,
                addon_id TEXT NOT NULL REFERENCES addons (id) ON DELETE CASCADE, channel TEXT NOT NULL,
                sender TEXT NOT NULL, recipients TEXT NOT NULL, subject TEXT NOT NULL, words TEXT NOT NULL,
                size_bytes INTEGER NOT NULL, attachments INTEGER NOT NULL, sent_at INTEGER NOT NULL
            ) STRICT;
            CREATE INDEX mail_messages_by_addon ON mail_messages (addon_id, number);
            CREATE TABLE mail_contents (
                number INTEGER PRIMARY KEY REFERENCES mail_messages (number) ON DELETE CASCADE, raw BLOB NOT NULL
            ) STRICT;
            CREATE TABLE mail_keys (
                id TEXT PRIMARY KEY, addon_id TEXT NOT NULL REFERENCES addons (id) ON DELETE CASCADE,
                name TEXT NOT NULL, beginning TEXT NOT NULL, digest TEXT NOT NULL UNIQUE, created_at INTEGER NOT NULL
            ) STRICT;
            CREATE INDEX mail_keys_by_addon ON mail_keys (addon_id, created_at);
            """)
}
