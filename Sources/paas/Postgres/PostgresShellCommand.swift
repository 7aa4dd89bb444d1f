import APIClient
import APISchema
import Console
import Posix

extension Command {
    static let pgPsql = Command(
        "pg:psql", aliases: ["psql"], abstract: "open a psql shell to the database",
        flags: [
            .app, .remote, .sql, .file,
            Flag("credential", placeholder: "credential", help: "credential to use: there is only default"),
        ],
        operands: [.optional("DATABASE", "config var, attachment or add-on of the database; DATABASE_URL without it")],
        examples: ["paas pg:psql", "paas pg:psql -c 'select 1'", "paas pg:psql -f schema.sql < /dev/null"]
    ) { invocation in
        let terminal = invocation.terminal
        let database = try await DatabaseChoice(invocation.operands.first, invocation)
        let psql = try PostgresProgram.path(of: "psql")
        terminal.note("--> Connecting to \(terminal.errors.styled(database.addon, .yellow))")
        var environment = database.url.environment
        environment["PGAPPNAME"] = "psql \(terminal.canAsk ? "interactive" : "non-interactive")"
        let prompt = "\(database.app.name)::\(database.attachment.name)%R%# "
        var arguments = ["--set", "PROMPT1=\(prompt)", "--set", "PROMPT2=\(prompt)"]
        if let sql = invocation[.sql] { arguments += ["-c", sql, "--set", "sslmode=require"] }
        if let file = invocation[.file] { arguments += ["-f", file, "--set", "sslmode=require"] }
        throw Subprocess.become(psql, arguments: arguments, environment: environment)
    }
}

extension Flag {
    fileprivate static let sql = Flag("command", short: "c", placeholder: "command", help: "SQL command to run")
    fileprivate static let file = Flag("file", short: "f", placeholder: "file", help: "SQL file to run")
}
