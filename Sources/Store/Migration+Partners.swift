extension Migration {
    /// Services of other makers, and the tokens of their add-ons, which go with these.
    static let partners = Migration(
        name: "partners",
        script: """
            CREATE TABLE partner_services (
                id TEXT PRIMARY KEY, manifest BLOB NOT NULL, is_production INTEGER NOT NULL, created_at INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;
            CREATE TABLE partner_tokens (
                digest TEXT PRIMARY KEY, addon_id TEXT NOT NULL REFERENCES addons (id) ON DELETE CASCADE,
                kind TEXT NOT NULL, expires_at INTEGER
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX partner_tokens_by_addon ON partner_tokens (addon_id);
            """)
}
