extension Migration {
    /// Certificates that people brought, with their keys, and which domains they are shown for.
    static let certificates = Migration(
        name: "certificates",
        script: """
            CREATE TABLE sni_endpoints (
                id TEXT PRIMARY KEY, app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
                name TEXT NOT NULL UNIQUE, chain TEXT NOT NULL, key TEXT NOT NULL,
                created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
            ) STRICT;
            CREATE INDEX sni_endpoints_by_app ON sni_endpoints (app_id, name);
            ALTER TABLE domains ADD COLUMN sni_endpoint_id TEXT REFERENCES sni_endpoints (id) ON DELETE SET NULL;
            CREATE INDEX domains_by_endpoint ON domains (sni_endpoint_id);
            """)
}
