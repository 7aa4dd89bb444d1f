import Console
import Posix

extension Command {
    static let local = Command(
        "local", aliases: ["local:start"], abstract: "run an app on this machine as its Procfile says",
        discussion: """
            Starts the processes of the Procfile in this folder with the variables of .env, and shows what they say. \
            PORT is 5000 when that is free, else 5006 or the next free one; each further process of a type gets the next \
            port, and each further type begins 100 above the one before.

            Ctrl-C, or the end of one process, ends them all with everything that they have started.
            """,
        flags: [
            .envFile, .localPort, .procfile, .startCommand, .withConfig, .app, .configRemote, .restart, .concurrency,
        ],
        operands: [.optional("PROCESSNAME", "process types to start, and how many of each")],
        examples: ["paas local", "paas local web", "paas local web=2", "paas local web=1,worker=2"]
    ) { invocation in
        try RemovedFlags.refuse(invocation)
        let choice = try StartChoice(invocation)
        if let ignored = choice.ignoredCommand {
            invocation.terminal.warn("The specified start command, \(ignored), is being ignored.")
        }
        switch choice.kind {
        case .command(let line):
            if let port = invocation[.localPort] {
                invocation.terminal.warn("The specified port, \(port), is being ignored when using --start-cmd.")
            }
            try await OneOff.become(line, invocation)
        case .processes(let procfile, let list):
            let variables = try await LocalVariables.load(invocation, notes: .output)
            let plan = try LocalPlan.make(list, procfile, variables, port: invocation[.localPort])
            try await LocalSession(plan).run()
        }
    }
}

/// Flags that Heroku's CLI once had, and now answers like this. Source: heroku-cli.md §7.
private enum RemovedFlags {
    static func refuse(_ invocation: Invocation) throws(Failure) {
        for (flag, isGiven) in [
            (Flag.restart, invocation.has(.restart)), (.concurrency, invocation[.concurrency] != nil),
        ] where isGiven {
            throw Failure(
                "--\(flag.name) is no longer available\nUse forego instead: https://github.com/ddollar/forego",
                exitCode: 2)
        }
    }
}
