import APIClient
import APISchema
import Console

extension Command {
    static let maintenance = Command(
        "maintenance", abstract: "display the current maintenance status of app", flags: [.app, .remote],
        examples: ["paas maintenance -a my-app"]
    ) { invocation in
        let (_, app) = try await invocation.target()
        invocation.terminal.print(app.maintenance ? "on" : "off")
    }

    static let maintenanceOn = switching(
        "maintenance:on", abstract: "put the app into maintenance mode", verb: "Enabling", to: true)
    static let maintenanceOff = switching(
        "maintenance:off", abstract: "take the app out of maintenance mode", verb: "Disabling", to: false)

    private static func switching(_ name: String, abstract: String, verb: String, to isOn: Bool) -> Command {
        Command(
            name, abstract: abstract,
            discussion: isOn
                ? "Requests get a page that says so, or the one that the config var MAINTENANCE_PAGE_URL names. Dynos run "
                    + "on, and so do one-off dynos and workers." : "",
            flags: [.app, .remote], examples: ["paas \(name) -a my-app"]
        ) { invocation in
            let terminal = invocation.terminal
            let (platform, app) = try await invocation.target()
            try await terminal.action("\(verb) maintenance mode for \(terminal.appName(app.name))") { _ in
                _ = try await platform.updateApp(app.id, AppUpdate(maintenance: isOn))
            }
        }
    }
}
