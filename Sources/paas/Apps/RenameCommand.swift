import APIClient
import APISchema
import Console

extension Command {
    static let appsRename = Command(
        "apps:rename", aliases: ["rename"], abstract: "rename an app",
        discussion: "The app's Git remote stays as it is: it does not depend on the name.",
        flags: [.app, .remote], operands: [.required("NEWNAME", "new unique name of the app")],
        examples: ["paas apps:rename --app oldname newname"]
    ) { invocation in
        let terminal = invocation.terminal
        let (platform, app) = try await invocation.target()
        let name = invocation.operands[0]
        let text = "Renaming \(terminal.appName(app.name)) to \(terminal.errors.styled(name, .green))"
        let renamed = try await terminal.action(text) { _ in
            try await platform.updateApp(app.id, AppUpdate(name: name))
        }
        terminal.print("\(renamed.webURL ?? "") | \(renamed.gitURL)")
    }
}
