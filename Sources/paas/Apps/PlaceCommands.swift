import APIClient
import APISchema
import Console

extension Command {
    static let stacks = Command(
        "stack", aliases: ["apps:stacks"], abstract: "show the stack of an app", flags: [.app, .remote],
        examples: ["paas stack --app my-app"]
    ) { invocation in
        let terminal = invocation.terminal
        let (platform, app) = try await invocation.target()
        let stacks = try await platform.stacks().sorted { $0.name > $1.name }
        terminal.header("\(terminal.appName(app.name, on: terminal.output)) Available Stacks")
        for stack in stacks {
            let isCurrent = stack.name == app.stack.name
            terminal.print(isCurrent ? terminal.output.styled("* \(stack.name)", .green) : "  \(stack.name)")
        }
    }

    static let regions = Command(
        "regions", abstract: "list available regions for deployment", flags: [.json], examples: ["paas regions"]
    ) { invocation in
        let terminal = invocation.terminal
        let platform = try await invocation.platform()
        if invocation.has(.json) { return terminal.json(try await platform.document(["regions"])) }
        var table = Table(["ID", "Location", "Runtime"])
        for region in try await platform.regions().sorted(by: { $0.name < $1.name }) {
            table.add([region.name, region.description, "Common Runtime"])
        }
        terminal.table(table)
    }
}
