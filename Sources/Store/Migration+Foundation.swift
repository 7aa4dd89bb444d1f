extension Migration {
    /// Apps, releases, slugs, builds, formation, settings, events.
    ///
    /// Times are microseconds since 1970, ids UUIDs in text. A release keeps the id of a slug that has been collected.
    static let foundation = Migration(
        name: "001-foundation",
        script: """
            CREATE TABLE apps (
                id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, ordinal INTEGER NOT NULL UNIQUE,
                created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, released_at INTEGER,
                maintenance INTEGER NOT NULL, last_version INTEGER NOT NULL DEFAULT 0,
                current_release TEXT REFERENCES releases (id) ON DELETE SET NULL
            ) STRICT;
            CREATE TABLE app_features (
                app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE, name TEXT NOT NULL,
                enabled INTEGER NOT NULL, PRIMARY KEY (app_id, name)
            ) STRICT;
            CREATE TABLE app_buildpacks (
                app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE, position INTEGER NOT NULL,
                buildpack TEXT NOT NULL, PRIMARY KEY (app_id, position)
            ) STRICT;

            CREATE TABLE slugs (
                id TEXT PRIMARY KEY, app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
                commit_id TEXT, size_bytes INTEGER NOT NULL, buildpack_name TEXT NOT NULL, created_at INTEGER NOT NULL
            ) STRICT;
            CREATE INDEX slugs_by_app ON slugs (app_id, created_at);
            CREATE TABLE slug_layers (
                slug_id TEXT NOT NULL REFERENCES slugs (id) ON DELETE CASCADE, position INTEGER NOT NULL,
                layer TEXT NOT NULL, PRIMARY KEY (slug_id, position)
            ) STRICT;
            CREATE TABLE slug_processes (
                slug_id TEXT NOT NULL REFERENCES slugs (id) ON DELETE CASCADE, type TEXT NOT NULL,
                command TEXT NOT NULL, PRIMARY KEY (slug_id, type)
            ) STRICT;

            CREATE TABLE releases (
                id TEXT PRIMARY KEY, app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
                version INTEGER NOT NULL, status TEXT NOT NULL, description TEXT NOT NULL, slug_id TEXT,
                actor TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
                UNIQUE (app_id, version)
            ) STRICT;
            CREATE TABLE release_config (
                release_id TEXT NOT NULL REFERENCES releases (id) ON DELETE CASCADE, key TEXT NOT NULL,
                value TEXT NOT NULL, PRIMARY KEY (release_id, key)
            ) STRICT, WITHOUT ROWID;
            CREATE TABLE release_output (
                part INTEGER PRIMARY KEY,
                release_id TEXT NOT NULL REFERENCES releases (id) ON DELETE CASCADE, bytes BLOB NOT NULL
            ) STRICT;
            CREATE INDEX release_output_by_release ON release_output (release_id);

            CREATE TABLE builds (
                id TEXT PRIMARY KEY, app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
                commit_id TEXT NOT NULL, status TEXT NOT NULL, slug_id TEXT, release_id TEXT, actor TEXT NOT NULL,
                created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
            ) STRICT;
            CREATE INDEX builds_by_app ON builds (app_id, created_at);
            CREATE TABLE build_buildpacks (
                build_id TEXT NOT NULL REFERENCES builds (id) ON DELETE CASCADE, position INTEGER NOT NULL,
                buildpack TEXT NOT NULL, PRIMARY KEY (build_id, position)
            ) STRICT;
            CREATE TABLE build_output (
                part INTEGER PRIMARY KEY,
                build_id TEXT NOT NULL REFERENCES builds (id) ON DELETE CASCADE, bytes BLOB NOT NULL
            ) STRICT;
            CREATE INDEX build_output_by_build ON build_output (build_id);

            CREATE TABLE formation (
                id TEXT PRIMARY KEY, app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
                type TEXT NOT NULL, quantity INTEGER NOT NULL, size TEXT NOT NULL,
                created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, UNIQUE (app_id, type)
            ) STRICT;

            CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

            CREATE TABLE events (
                sequence INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, actor TEXT NOT NULL, app_id TEXT,
                resource TEXT NOT NULL, resource_id TEXT NOT NULL, action TEXT NOT NULL, before TEXT, after TEXT
            ) STRICT;
            """)
}
