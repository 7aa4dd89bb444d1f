import APIClient
import APISchema
import Console

extension Command {
    static let buildpacks = Command(
        "buildpacks", abstract: "list the buildpacks on the app", flags: [.app, .remote, .json],
        examples: ["paas buildpacks"]
    ) { invocation in
        let terminal = invocation.terminal
        let (platform, app) = try await invocation.target()
        if invocation.has(.json) {
            return terminal.json(try await platform.document(["apps", app.id, "buildpack-installations"]))
        }
        let buildpacks = try await platform.buildpacks(of: app.id)
        let name = terminal.appName(app.name, on: terminal.output)
        guard !buildpacks.isEmpty else { return terminal.print("\(name) has no Buildpacks.") }
        let noun = buildpacks.count == 1 ? "Buildpack" : "Buildpacks"
        terminal.header("\(name) Classic \(noun) (from the Heroku Buildpack Registry)")
        for line in BuildpackList(buildpacks).lines { terminal.print(line) }
    }
}
