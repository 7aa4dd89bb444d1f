import APIClient
import APISchema
import Console
import Posix

extension Command {
    static let pgPs = Command(
        "pg:ps", abstract: "view active queries with execution time",
        flags: [.app, .remote, Flag("verbose", short: "v", help: "show idle connections, and queries whole")],
        operands: [.database], examples: ["paas pg:ps"]
    ) { invocation in
        let isVerbose = invocation.has(Flag("verbose", help: ""))
        try await ask(PostgresStatements.processes(verbose: isVerbose), invocation.operands.first, invocation)
    }

    static let pgKill = Command(
        "pg:kill", abstract: "kill a query",
        flags: [
            .app, .remote,
            Flag("force", short: "f", help: "terminates the connection in addition to cancelling the query"),
        ],
        operands: [.required("PID", "ID of the process"), .database], examples: ["paas pg:kill 4321"]
    ) { invocation in
        guard let pid = Int(invocation.operands[0]), pid > 0 else {
            throw Failure.usage("Expected an integer but received: \(invocation.operands[0])")
        }
        let isForced = invocation.has(Flag("force", help: ""))
        try await ask(
            PostgresStatements.end(pid, force: isForced), invocation.operands.dropFirst().first, invocation)
    }

    static let pgKillall = Command(
        "pg:killall", abstract: "terminates all connections for all credentials", flags: [.app, .remote],
        operands: [.database], examples: ["paas pg:killall"]
    ) { invocation in
        let terminal = invocation.terminal
        let database = try await DatabaseChoice(invocation.operands.first, invocation)
        try await terminal.action("Terminating connections for all credentials") { _ in
            try await database.platform.endConnections(of: database.attachment.addon.id)
        }
    }

    static let pgLocks = Command(
        "pg:locks", abstract: "display queries with active locks", flags: [.app, .remote], operands: [.database],
        examples: ["paas pg:locks"]
    ) { invocation in try await ask(PostgresStatements.locks, invocation.operands.first, invocation) }

    static let pgOutliers = Command(
        "pg:outliers", abstract: "show top 10 queries that have longest execution time in aggregate",
        flags: [.app, .remote, Flag("num", short: "n", placeholder: "num", help: "the number of queries to display")],
        operands: [.database], examples: ["paas pg:outliers"]
    ) { invocation in
        let text = invocation[Flag("num", placeholder: "num", help: "")] ?? "10"
        guard let count = Int(text), (1...1000).contains(count) else {
            throw Failure.usage("Expected a number from 1 to 1000 but received: \(text)")
        }
        let database = try await DatabaseChoice(invocation.operands.first, invocation)
        let table = try await database.platform.outliers(of: database.attachment.addon.id, count: count)
        invocation.terminal.print(String(decoding: table, as: UTF8.self))
    }

    /// Has psql ask, and show what it is told.
    private static func ask(_ statement: String, _ database: String?, _ invocation: Invocation) async throws {
        let database = try await DatabaseChoice(database, invocation)
        let psql = try PostgresProgram.path(of: "psql")
        throw Subprocess.become(
            psql, arguments: ["-X", "-v", "ON_ERROR_STOP=1", "-c", statement],
            environment: database.url.environment)
    }
}

extension Operand {
    static let database = Operand.optional(
        "DATABASE", "config var, attachment or add-on of the database; DATABASE_URL without it")
}
