import APIClient
import APISchema
import Console
import Posix

extension Command {
    static let pgPull = Command(
        "pg:pull", abstract: "pull paas database into local or remote database",
        discussion: "TARGET is the name of a database on this machine, which is made, or the URL of an empty one.",
        flags: [.app, .remote],
        operands: [.required("SOURCE", "database of the app"), .required("TARGET", "name or URL")],
        examples: ["paas pg:pull DATABASE_URL mylocaldb"]
    ) { invocation in
        let terminal = invocation.terminal
        let database = try await DatabaseChoice(invocation.operands[0], invocation)
        let target = LocalDatabase(invocation.operands[1])
        try target.make()
        terminal.print("Pulling \(terminal.output.styled(database.addon, .yellow)) to \(invocation.operands[1])")
        try PostgresPipe.run(from: database.url.variables, to: target.variables)
        terminal.print("Pulling complete.")
    }

    static let pgPush = Command(
        "pg:push", abstract: "push local or remote into paas database",
        discussion: "The database of the app has to be empty.",
        flags: [.app, .remote],
        operands: [.required("SOURCE", "name or URL"), .required("TARGET", "database of the app")],
        examples: ["paas pg:push mylocaldb DATABASE_URL"]
    ) { invocation in
        let terminal = invocation.terminal
        let database = try await DatabaseChoice(invocation.operands[1], invocation)
        let source = LocalDatabase(invocation.operands[0])
        try PostgresPipe.checkEmpty(database.url.variables, addon: database.addon)
        terminal.print("Pushing \(invocation.operands[0]) to \(terminal.output.styled(database.addon, .yellow))")
        try PostgresPipe.run(from: source.variables, to: database.url.variables)
        terminal.print("Pushing complete.")
    }
}

extension DatabaseURL {
    /// What libpq's programs read, alone.
    var variables: [String: String] {
        [
            "PGHOST": host, "PGPORT": port, "PGUSER": user, "PGPASSWORD": password, "PGDATABASE": name,
            "PGSSLMODE": host == "localhost" ? "prefer" : "require",
        ]
    }
}

/// A database of the person's own: a name on this machine, or a URL anywhere.
struct LocalDatabase {
    private let text: String
    private let url: DatabaseURL?

    init(_ text: String) {
        self.text = text
        url = DatabaseURL(text)
    }

    var variables: [String: String] { url?.variables ?? ["PGDATABASE": text] }

    /// Makes the one of this machine, as the person's own settings of libpq say where and as whom.
    func make() throws {
        if let url { return try PostgresPipe.checkEmpty(url.variables, addon: nil) }
        let createdb = try PostgresProgram.path(of: "createdb")
        let end = try Subprocess.runInForeground(createdb, arguments: [text], environment: Environment.all)
        guard end.isSuccess else {
            throw Failure(
                "The local database \(text) could not be made.",
                mend: ["dropdb \(text)", "paas pg:pull DATABASE_URL OTHERNAME"])
        }
    }
}

/// `pg_dump` into `pg_restore`.
enum PostgresPipe {
    static func run(from source: [String: String], to target: [String: String]) throws {
        let dump = try PostgresProgram.path(of: "pg_dump")
        let restore = try PostgresProgram.path(of: "pg_restore")
        guard let bash = MachineProgram.path(of: "bash") else { throw Failure("bash is not installed.") }
        var environment = Environment.all
        for (key, value) in source { environment["FROM_\(key)"] = value }
        for (key, value) in target { environment["TO_\(key)"] = value }
        // Passwords travel in the environment: arguments are anybody's to read.
        let script = """
            set -o pipefail
            take() { local name; for name in $(compgen -v "$1_PG"); do export "${name#"$1_"}=${!name}"; done; }
            (take FROM; exec "$1" -F c -Z 0) \\
                | (take TO; exec "$2" -F c --no-acl --no-owner --exit-on-error -d "$PGDATABASE")
            """
        let end = try Subprocess.runInForeground(
            bash, arguments: ["-c", script, "bash", dump, restore], environment: environment)
        guard end.isSuccess else { throw Failure("The data was not moved: see above.") }
    }

    /// - Parameter addon: `nil` for a database of the person's own.
    static func checkEmpty(_ variables: [String: String], addon: String?) throws {
        let psql = try PostgresProgram.path(of: "psql")
        let count = try Subprocess.capture(
            psql, arguments: ["-X", "-A", "-t", "-c", "SELECT count(*) FROM pg_stat_user_tables"],
            environment: Environment.all.merging(variables) { $1 })
        guard count.end.isSuccess else { throw Failure(String(decoding: count.errors.prefix(1000), as: UTF8.self)) }
        guard String(decoding: count.output, as: UTF8.self).hasPrefix("0") else {
            throw Failure(
                "Remote database is not empty. Please create a new database or use paas pg:reset",
                mend: addon.map { ["paas pg:reset \($0)"] } ?? [])
        }
    }
}
