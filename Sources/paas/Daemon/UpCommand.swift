import APIClient
import APISchema
import Console
import Posix

extension Command {
    static let up = Command(
        "up", abstract: "start the platform on this machine",
        discussion:
            "Every command that needs the platform starts it, so this is only needed to choose a port or to see the "
            + "daemon's own messages.",
        flags: [
            Flag("foreground", help: "run the daemon here until Ctrl-C"),
            Flag("port", placeholder: "port", help: "the port where apps answer; kept for the next time"),
            Flag(
                "proxy-port", placeholder: "port",
                help: "also answer here, where every connection begins with the PROXY protocol; kept; 0 for no more"),
        ],
        examples: ["paas up", "paas up --port 8080", "paas up --proxy-port 8443", "paas up --foreground"]
    ) { invocation in
        let terminal = invocation.terminal
        let port = try invocation.positiveNumber(Flag("port", help: ""))
        if let port, port > 65_535 { throw Failure("There is no port \(port): the highest is 65535.", exitCode: 2) }
        let proxyText = invocation[Flag("proxy-port", help: "")]
        let proxyPort = proxyText.flatMap { UInt16($0) }.map(Int.init)
        if let proxyText, proxyPort == nil {
            throw Failure("There is no port \(proxyText): they go from 1 to 65535; 0 is for none.", exitCode: 2)
        }
        let isForeground = invocation.has(Flag("foreground", help: ""))
        let starter = DaemonStarter(home: try .current(), port: port, proxyPort: proxyPort)
        try await starter.settle()
        if let status = try await starter.runningStatus() {
            guard port == nil || port == status.port, proxyPort == nil, !isForeground else {
                throw Failure(
                    "The platform is running already, on port \(status.port).",
                    mend: [
                        "paas down",
                        "paas up\(isForeground ? " --foreground" : "")\(port.map { " --port \($0)" } ?? "")"
                            + (proxyPort.map { " --proxy-port \($0)" } ?? ""),
                    ])
            }
            return terminal.print("The platform is running already. Apps answer on port \(status.port).")
        }
        if isForeground { try starter.becomeDaemon() }
        let status = try await terminal.action("Starting the platform") { _ in
            try await starter.client().status()
        }
        if let warning = SandboxWords.warning(about: status.sandbox) { terminal.warn(warning) }
        terminal.print("Apps answer at http://NAME.localhost\(status.port == 80 ? "" : ":\(status.port)")/")
    }

    static let down = Command(
        "down", abstract: "stop the platform, with all dynos",
        flags: [Flag("force", short: "f", help: "also when the daemon does not answer: it is killed first")],
        examples: ["paas down", "paas down --force"]
    ) { invocation in
        let terminal = invocation.terminal
        let starter = DaemonStarter(home: try .current())
        if invocation.has(Flag("force", help: "")) { try await starter.killDaemon() }
        // Another command may be stopping it just now.
        try await starter.settle()
        guard starter.isRunning || starter.hasLeftovers else {
            return terminal.print("The platform is not running.")
        }
        try await terminal.action("Stopping the platform") { _ in
            // Where a daemon was killed, a new one adopts what still runs, and then stops it.
            try await starter.client().shutDown()
            try await starter.waitForEnd()
        }
    }
}
