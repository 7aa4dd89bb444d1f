import APIClient
import APISchema
import Console

extension Command {
    static let appsDestroy = Command(
        "apps:destroy", aliases: ["destroy", "apps:delete"], abstract: "permanently destroy an app",
        flags: [.app, .remote, .confirm], operands: [.optional("APP", "name of the app")],
        examples: ["paas apps:destroy --app my-app --confirm my-app"]
    ) { invocation in
        let terminal = invocation.terminal
        let platform = try await invocation.platform()
        let app =
            if let name = invocation.operands.first { try await platform.app(name) } else {
                try await invocation.app(on: platform)
            }
        try terminal.confirmDestruction(
            of: app.name, confirmation: invocation[.confirm],
            warning: "This will delete \(app.name) including all add-ons.")
        try await terminal.action("Destroying \(terminal.appName(app.name)) (including all add-ons)") { _ in
            try await platform.destroyApp(app.id)
        }
        for remote in try GitRepository.remotes() where remote.url == app.gitURL {
            try GitRepository.remove(remote: remote.name)
        }
    }
}
