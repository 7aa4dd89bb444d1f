import APIClient
import APISchema
import Console
import Posix

extension Command {
    static let psExec = Command(
        "ps:exec", abstract: "run a command, or a shell, inside a dyno that runs",
        discussion: "The command is where the dyno is: it sees its files, its processes and its environment, and ends "
            + "with it. The exit code is that of the command.\n\n"
            + "Put -- before a command whose own flags are also flags of ps:exec.",
        flags: [
            .app, .remote, .dynoName, .noTTY,
            Flag("ssh", help: "accepted, without effect: there is no ssh in between"),
            Flag("status", help: "lists the dynos that a command can be run in"),
        ],
        operands: [.any("COMMAND", "command to run in the dyno; a shell when there is none")],
        examples: ["paas ps:exec", "paas ps:exec --dyno-name worker.1 -- ps aux"], passesUnknownFlags: true
    ) { invocation in
        let terminal = invocation.terminal
        let (platform, app) = try await invocation.target()
        if invocation.has(Flag("status", help: "")) {
            return ExecStatus.show(try await platform.dynos(of: app.id), of: app, on: terminal)
        }
        let dyno = invocation[.dynoName] ?? "web.1"
        let session = try await terminal.action(
            "Connecting to \(terminal.errors.styled(dyno, .name)) on \(terminal.appName(app.name))"
        ) { _ in
            try await InsideSession(invocation, RunRequest.insideCommand(invocation.operands), dyno, app, platform)
        }
        let code = try await session.run()
        guard code == 0 else { throw Failure.silent(exitCode: code) }
    }

    static let runInside = Command(
        "run:inside", abstract: "run a command inside a dyno that runs",
        flags: [.app, .remote, .exitCode, .noTTY, .noLauncher, .listen],
        operands: [
            .required("DYNO_NAME", "name of the dyno to run the command in"), .any("COMMAND", "command to run"),
        ], examples: ["paas run:inside web.1 bash"], passesUnknownFlags: true
    ) { invocation in
        let terminal = invocation.terminal
        let dyno = invocation.operands[0]
        let command = RunRequest.insideCommand(Array(invocation.operands.dropFirst()))
        let (platform, app) = try await invocation.target()
        let status = RunStatus(
            "Running \(terminal.errors.styled(command, .cyan)) on \(terminal.appName(app.name))", terminal)
        let session = try await status.closing {
            status.show("connecting, \(dyno)")
            let session = try await InsideSession(invocation, command, dyno, app, platform)
            status.show("up, \(dyno)")
            return session
        }
        status.end()
        let code = try await session.run()
        guard code != 0, invocation.has(.exitCode) else { return }
        throw Failure("Process exited with code \(code)", exitCode: code)
    }
}

/// A command that runs beside a dyno's own, joined to this terminal or these pipes.
private struct InsideSession {
    private let attachment: DynoAttachment
    private let isTerminal: Bool
    private let dyno: String

    init(
        _ invocation: Invocation, _ command: String, _ dyno: String, _ app: AppResource, _ platform: PlatformClient
    ) async throws {
        isTerminal = RunRequest.wantsTerminal(invocation)
        self.dyno = dyno
        let variables = isTerminal ? RunRequest.terminalVariables : [:]
        attachment = try await platform.execute(
            DynoExecute(command: command, env: variables, forceNoTty: !isTerminal), in: dyno, of: app.id)
    }

    func run() async throws -> Int32 {
        guard let code = try await AttachedSession(attachment, isTerminal: isTerminal).run() else {
            throw Failure(
                "The connection to \(dyno) broke off.", mend: ["paas ps"], exitCode: AttachedSession.lostExitCode)
        }
        return code
    }
}

/// What `ps:exec --status` prints. Source: heroku-cli.md §4.7.
private enum ExecStatus {
    static func show(_ dynos: [DynoResource], of app: AppResource, on terminal: Terminal) {
        guard !dynos.isEmpty else {
            return terminal.print("No dynos on \(terminal.appName(app.name, on: terminal.output))")
        }
        var table = Table(["Dyno", "Proxy Status", "Dyno Status"])
        for dyno in dynos { table.add([dyno.name, dyno.state == "up" ? "running" : "down", dyno.state]) }
        terminal.table(table)
    }
}
