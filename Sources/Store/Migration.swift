internal import Posix

/// One named step of the schema; runs once in the life of a database.
struct Migration {
    let name: String
    let script: String

    /// Every step, oldest first. A step that has been released is never changed.
    static let all = [
        foundation, sleep, lostFiles, domains, certificates, addons, transfers, scheduler, mail, partners,
        backupSchedules,
    ]
}

extension Connection {
    /// Brings the file to the newest schema; nothing is touched when it already is there or is beyond it.
    borrowing func migrate(path: String, migrations: [Migration] = Migration.all) throws {
        let known = Set(migrations.map(\.name))
        let done = try doneMigrations()
        let unknown = done.filter { !known.contains($0) }
        guard unknown.isEmpty else { throw StoreError.newerSchema(path: path, migrations: unknown) }
        let missing = migrations.filter { !done.contains($0.name) }
        guard let next = missing.first else { return }
        if !done.isEmpty { try copy(path: path, before: next) }
        for migration in missing {
            try execute("BEGIN IMMEDIATE")
            do {
                try execute("CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY) STRICT")
                try execute(migration.script)
                try run("INSERT INTO migrations (name) VALUES (?)", [SQLValue(migration.name)])
                try execute("COMMIT")
            } catch {
                try? execute("ROLLBACK")  // The error that matters is the one above.
                throw error
            }
        }
    }

    private borrowing func doneMigrations() throws -> [String] {
        let tables = try row("SELECT count(*) FROM sqlite_schema WHERE name = 'migrations'") { $0.int(0) }
        guard tables == 1 else { return [] }
        return try rows("SELECT name FROM migrations ORDER BY rowid") { $0.text(0) }
    }

    /// A copy of the whole file, log included, as it was before `migration`: `platform.db.before-NAME`.
    private borrowing func copy(path: String, before migration: Migration) throws {
        let target = "\(path).before-\(migration.name)"
        try FileTree.remove(target)
        // SQLite fills an empty file, which so keeps the mode it was made with.
        try FileTree.write([], to: target, mode: 0o600)
        try run("VACUUM INTO ?", [SQLValue(target)])
    }
}
