import APIClient
import APISchema
import Console

extension Command {
    static let status = Command(
        "status", abstract: "show whether the platform runs, and how",
        discussion: "Only looks: it does not start the platform.", flags: [.json],
        examples: ["paas status", "paas status --json"]
    ) { invocation in
        let terminal = invocation.terminal
        let home = try PlatformHome.current()
        guard let platform = try DaemonStarter(home: home).runningClient() else {
            if invocation.has(.json) {
                return terminal.json(try WireJSON.encode(StoppedStatus(home: home.path, running: false)))
            }
            terminal.print("The platform is not running; the next command that needs it starts it.")
            return terminal.object([("Home", [home.path])])
        }
        if invocation.has(.json) { return terminal.json(try await platform.document(["paas", "v1", "status"])) }
        let status = try await platform.status()
        terminal.object([
            ("Version", [status.version]), ("Daemon", ["pid \(status.pid)"]),
            ("Router", [router(status)]), ("Port", [String(status.port)]),
            ("Addresses", status.addresses), ("Home", [status.home]), ("Sandbox", [status.sandbox.level]),
            ("Limits", status.sandbox.limits ?? []),
            ("Apps", [String(status.apps)]),
        ])
    }

    private static func router(_ status: Status) -> String {
        guard let pid = status.routerPid else { return "not running" }
        guard let user = status.routerUser, user != status.user else { return "pid \(pid)" }
        return "pid \(pid), user \(user)"
    }

    /// What `status --json` prints when there is nobody to ask.
    private struct StoppedStatus: Encodable {
        let home: String
        let running: Bool
    }
}
