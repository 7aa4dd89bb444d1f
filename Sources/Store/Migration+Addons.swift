extension Migration {
    /// Add-ons, what they say to apps and what their providers remember, and where they are attached.
    ///
    /// `attached_keys` holds every config var that an add-on has ever set in an app: what an older release says about
    /// one of these is no longer true.
    static let addons = Migration(
        name: "addons",
        script: """
            CREATE TABLE addons (
                id TEXT PRIMARY KEY, app_id TEXT NOT NULL REFERENCES apps (id), name TEXT NOT NULL UNIQUE,
                service TEXT NOT NULL, plan TEXT NOT NULL, state TEXT NOT NULL,
                created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
            ) STRICT;
            CREATE INDEX addons_by_app ON addons (app_id, name);
            CREATE TABLE addon_values (
                addon_id TEXT NOT NULL REFERENCES addons (id) ON DELETE CASCADE, kind TEXT NOT NULL,
                key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (addon_id, kind, key)
            ) STRICT, WITHOUT ROWID;
            CREATE TABLE addon_attachments (
                id TEXT PRIMARY KEY, addon_id TEXT NOT NULL REFERENCES addons (id) ON DELETE CASCADE,
                app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE, name TEXT NOT NULL,
                created_at INTEGER NOT NULL, UNIQUE (app_id, name)
            ) STRICT;
            CREATE INDEX attachments_by_addon ON addon_attachments (addon_id);
            CREATE TABLE attached_keys (
                app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE, key TEXT NOT NULL,
                PRIMARY KEY (app_id, key)
            ) STRICT, WITHOUT ROWID;
            """)
}
