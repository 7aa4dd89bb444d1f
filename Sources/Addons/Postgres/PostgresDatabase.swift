internal import Model

/// The database of one add-on and the role that owns it.
struct PostgresDatabase: Sendable, Equatable {
    /// Both of lower-case letters and digits: nothing has to be quoted anywhere.
    let name: String
    let role: String
    var password: String

    init(name: String, role: String, password: String) {
        self.name = name
        self.role = role
        self.password = password
    }

    /// Names that follow from the add-on's id: whoever finds a row of one that was never whole knows what to look for.
    init(of addon: Addon, password: String) {
        let digits = "\(addon.id)".filter { $0 != "-" }.prefix(14)
        self.init(name: "d\(digits)", role: "u\(digits)", password: password)
    }

    /// - Throws: ``AddonFailure`` for what is not one's memory.
    init(memory: [String: String]) throws(AddonFailure) {
        guard let name = memory["database"], let role = memory["role"], let password = memory["password"] else {
            throw .failed("The add-on has no database", reason: "It was never made")
        }
        self.init(name: name, role: role, password: password)
    }

    /// Where its next content is put together.
    var beside: PostgresDatabase { PostgresDatabase(name: "\(name)_next", role: role, password: password) }

    /// What it was until ``beside`` took its place.
    var aside: PostgresDatabase { PostgresDatabase(name: "\(name)_last", role: role, password: password) }

    var memory: [String: String] { ["database": name, "role": role, "password": password] }

    /// `postgres://` and never `postgresql://`: apps written for Heroku count on it.
    func url(port: UInt16) -> String { "postgres://\(role):\(password)@127.0.0.1:\(port)/\(name)" }

    func roleStatements(connections: Int) -> [String] {
        ["CREATE ROLE \(role) LOGIN PASSWORD '\(password)' CONNECTION LIMIT \(connections)"]
    }

    /// Nobody else's role gets in; nor into the databases that every cluster has.
    var statements: [String] {
        [
            "CREATE DATABASE \(name) OWNER \(role)", "REVOKE ALL ON DATABASE \(name) FROM PUBLIC",
            "REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC",
        ]
    }

    var drop: String { "DROP DATABASE IF EXISTS \(name) WITH (FORCE)" }

    /// Has ``beside`` take its place, in one step: at no moment is there neither. Whoever is connected is thrown out.
    var replacement: [String] {
        [
            aside.drop, ending, "BEGIN", "ALTER DATABASE \(name) RENAME TO \(aside.name)",
            "ALTER DATABASE \(beside.name) RENAME TO \(name)", "COMMIT",
        ]
    }

    var removal: [String] { [aside.drop, beside.drop, drop, "DROP ROLE IF EXISTS \(role)"] }

    /// Ends every connection to it.
    var ending: String {
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            + " WHERE datname = '\(name)' AND pid <> pg_backend_pid()"
    }
}
