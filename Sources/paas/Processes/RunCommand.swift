import APIClient
import APISchema
import Console
import Posix

extension Flag {
    static let listen = Flag("listen", help: "accepted, without effect", isHidden: true)
    static let env = Flag(
        "env", short: "e", placeholder: "env", help: "environment variables to set (use ';' to split multiple vars)")
    static let exitCode = Flag("exit-code", short: "x", help: "passthrough the exit code of the remote command")
    static let noTTY = Flag("no-tty", help: "force the command to not run in a tty")
    static let size = Flag("size", short: "s", placeholder: "size", help: "dyno size")
    static let type = Flag("type", placeholder: "type", help: "process type")
    static let noNotify = Flag(
        "no-notify", help: "disables notification when dyno is up (alternatively use HEROKU_NOTIFICATIONS=0)",
        isHidden: true)
    static let noLauncher = Flag("no-launcher", help: "accepted, without effect", isHidden: true)
    static let tail = Flag("tail", short: "t", help: "continually stream logs")
}

extension Command {
    static let run = Command(
        "run", abstract: "run a one-off process inside a dyno",
        discussion: "Put -- before a command whose own flags are also flags of run.\n\n"
            + "The exit code is 0, with -x that of the command, and 75 when the dyno went on without this terminal.",
        flags: [.app, .remote, .env, .exitCode, .noTTY, .size, .type, .noNotify, .noLauncher, .listen],
        operands: [.any("COMMAND", "command to run in the dyno")],
        examples: ["paas run bash", "paas run -s standard-2x -- myscript.sh -a arg1 -s arg2"], passesUnknownFlags: true
    ) { invocation in
        let terminal = invocation.terminal
        let command = try RunRequest.command(invocation, usage: "run", example: "bash")
        var variables = try RunRequest.variables(invocation.all(.env))
        let wantsTerminal = RunRequest.wantsTerminal(invocation)
        if wantsTerminal { variables.merge(RunRequest.terminalVariables) { asked, _ in asked } }
        let (platform, app) = try await invocation.target()
        let status = RunStatus(
            "Running \(terminal.errors.styled(command, .cyan)) on \(terminal.appName(app.name))", terminal)
        status.show("starting")
        let (dyno, attachment) = try await status.closing {
            let dyno = try await platform.createDyno(
                for: app.id,
                DynoCreate(
                    command: command, attach: true, env: variables, forceNoTty: !wantsTerminal, size: invocation[.size],
                    type: invocation[.type]))
            status.show("connecting, \(dyno.name)")
            let attachment = try await platform.attach(to: dyno, of: app.id)
            status.show("up, \(dyno.name)")
            return (dyno, attachment)
        }
        status.end()
        let code = try await AttachedSession(attachment, isTerminal: wantsTerminal) { position in
            try await LostPlatform(home: .current()).rejoin(dyno, of: app.id, from: position)
        }.run()
        guard let code else {
            throw Failure(
                "The connection to the dyno broke off.", mend: ["paas ps", "paas logs --dyno-name \(dyno.name)"],
                exitCode: AttachedSession.lostExitCode)
        }
        guard code != 0, invocation.has(.exitCode) else { return }
        throw Failure("Process exited with code \(code)", exitCode: code)
    }

    static let runDetached = Command(
        "run:detached", abstract: "run a detached dyno, where output is sent to your logs",
        flags: [.app, .remote, .env, .size, .tail, .type, .noLauncher],
        operands: [.any("COMMAND", "command to run in the dyno")], examples: ["paas run:detached ls"],
        passesUnknownFlags: true
    ) { invocation in
        let terminal = invocation.terminal
        let command = try RunRequest.command(invocation, usage: "run:detached", example: "ls")
        let variables = try RunRequest.variables(invocation.all(.env))
        let (platform, app) = try await invocation.target()
        let text = "Running \(terminal.errors.styled(command, .cyan)) on \(terminal.appName(app.name))"
        let dyno = try await terminal.action(text) { status in
            let dyno = try await platform.createDyno(
                for: app.id,
                DynoCreate(
                    command: command, attach: false, env: variables, size: invocation[.size], type: invocation[.type]))
            status.finish("done, \(terminal.errors.styled(dyno.name, .green))")
            return dyno
        }
        if invocation.has(.tail) {
            return try await LogReading(platform: platform, terminal: terminal, hasColours: terminal.output.hasColours)
                .show(app, LogSessionCreate(lines: 100, dyno: dyno.name, tail: true))
        }
        terminal.print("Run paas logs --app \(app.name) --dyno \(dyno.name) to view the output.")
    }
}
