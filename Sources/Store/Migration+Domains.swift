extension Migration {
    /// Host names of apps' own; each belongs to one app.
    static let domains = Migration(
        name: "domains",
        script: """
            CREATE TABLE domains (
                id TEXT PRIMARY KEY, app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
                hostname TEXT NOT NULL UNIQUE, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
            ) STRICT;
            CREATE INDEX domains_by_app ON domains (app_id, hostname);
            """)
}
