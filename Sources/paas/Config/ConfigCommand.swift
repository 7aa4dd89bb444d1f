import APIClient
import APISchema
import Console

extension Command {
    static let config = Command(
        "config", abstract: "display the config vars for an app", flags: [.app, .remote, .json, .shell],
        examples: ["paas config", "paas config --json"]
    ) { invocation in
        let terminal = invocation.terminal
        let (platform, app) = try await invocation.target()
        let vars = try await platform.configVars(of: app.id).sorted { $0.key < $1.key }
        if invocation.has(.shell) {
            for (key, value) in vars { terminal.print("\(key)=\(ShellQuoting.quoted(value))") }
        } else if invocation.has(.json) {
            terminal.json(try await platform.document(["apps", app.id, "config-vars"]))
        } else {
            terminal.header("\(terminal.appName(app.name, on: terminal.output)) Config Vars")
            terminal.object(vars.map { ($0.key, [$0.value]) })
            if vars.isEmpty { terminal.print() }
        }
    }

    static let configGet = Command(
        "config:get", abstract: "display a single config value for an app", flags: [.app, .remote, .json, .shell],
        operands: [.many("KEY", "key of the config var")], examples: ["paas config:get RAILS_ENV"]
    ) { invocation in
        let terminal = invocation.terminal
        let (platform, app) = try await invocation.target()
        let vars = try await platform.configVars(of: app.id)
        if invocation.has(.json) {
            return terminal.json(try ConfigDocument.of(invocation.operands, in: vars))
        }
        for key in invocation.operands {
            let value = vars[key] ?? ""
            terminal.print(invocation.has(.shell) ? "\(key)=\(ShellQuoting.quoted(value))" : value)
        }
    }
}
