extension Migration {
    /// What schedulers run, when each job is due next, and how its last runs went.
    static let scheduler = Migration(
        name: "scheduler",
        script: """
            CREATE TABLE scheduled_jobs (
                id TEXT PRIMARY KEY, addon_id TEXT NOT NULL REFERENCES addons (id) ON DELETE CASCADE,
                number INTEGER NOT NULL, command TEXT NOT NULL, schedule TEXT NOT NULL, size TEXT,
                next_run INTEGER NOT NULL, created_at INTEGER NOT NULL, UNIQUE (addon_id, number)
            ) STRICT;
            CREATE INDEX scheduled_jobs_by_time ON scheduled_jobs (next_run);
            CREATE TABLE scheduled_runs (
                id TEXT PRIMARY KEY, job_id TEXT NOT NULL REFERENCES scheduled_jobs (id) ON DELETE CASCADE,
                due_at INTEGER, missed INTEGER NOT NULL, dyno TEXT, outcome TEXT NOT NULL, status INTEGER,
                reason TEXT, started_at INTEGER NOT NULL, ended_at INTEGER
            ) STRICT;
            CREATE INDEX scheduled_runs_by_job ON scheduled_runs (job_id, started_at);
            CREATE INDEX scheduled_runs_under_way ON scheduled_runs (outcome) WHERE outcome = 'running';
            """)
}
