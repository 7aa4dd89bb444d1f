/// The questions that `pg:*` commands ask a database, as plain SQL of ours.
enum PostgresStatements {
    static func processes(verbose: Bool) -> String {
        let text = verbose ? "query" : "left(regexp_replace(query, '\\s+', ' ', 'g'), 140)"
        return """
            SELECT pid, state, application_name AS source, usename AS username, now() - query_start AS running_for,
                xact_start AS transaction_start, wait_event IS NOT NULL AND wait_event_type = 'Lock' AS waiting,
                \(text) AS query
            FROM pg_stat_activity
            WHERE datname = current_database() AND query <> '' AND pid <> pg_backend_pid()
                \(verbose ? "" : "AND state <> 'idle'")
            ORDER BY query_start DESC
            """
    }

    static func end(_ pid: Int, force: Bool) -> String {
        "SELECT \(force ? "pg_terminate_backend" : "pg_cancel_backend")(\(pid))"
    }

    static let locks = """
        SELECT activity.pid, class.relname, lock.transactionid, lock.granted,
            left(regexp_replace(activity.query, '\\s+', ' ', 'g'), 80) AS query_snippet,
            age(now(), activity.query_start) AS age
        FROM pg_locks AS lock
        JOIN pg_stat_activity AS activity ON activity.pid = lock.pid
        LEFT JOIN pg_class AS class ON class.oid = lock.relation
        WHERE lock.mode IN ('ExclusiveLock', 'AccessExclusiveLock', 'RowExclusiveLock')
            AND activity.pid <> pg_backend_pid() AND activity.datname = current_database()
        ORDER BY activity.query_start
        """
}
