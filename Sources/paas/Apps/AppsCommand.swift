import APIClient
import APISchema
import Console

extension Command {
    static let apps = Command(
        "apps", aliases: ["list", "apps:list"], abstract: "list your apps",
        flags: [
            .json, Flag("all", short: "A", help: "include apps in all teams"),
            Flag(
                "personal", short: "p", help: "list apps in personal account when a default team is set", isHidden: true
            ),
        ],
        examples: ["paas apps"]
    ) { invocation in
        let terminal = invocation.terminal
        let platform = try await invocation.platform()
        if invocation.has(.json) { return terminal.json(try await platform.wholeList(["apps"])) }
        let apps = try await platform.apps().sorted { $0.name < $1.name }
        guard let first = apps.first else { return terminal.print("You have no apps.") }
        terminal.header("\(first.owner.email) Apps")
        for app in apps { terminal.print(terminal.appName(app.name, on: terminal.output)) }
        terminal.print()
    }
}
