import APIClient
import APISchema
import Console

extension Command {
    static let features = Command(
        "features", abstract: "list available app features", flags: [.app, .remote, .json], examples: ["paas features"]
    ) { invocation in
        let terminal = invocation.terminal
        let (platform, app) = try await invocation.target()
        if invocation.has(.json) { return terminal.json(try await platform.document(["apps", app.id, "features"])) }
        terminal.header("App Features \(terminal.appName(app.name, on: terminal.output))")
        printFeatures(try await platform.features(of: app.id), terminal)
    }

    static let labs = Command(
        "labs", abstract: "list experimental features", flags: [.app, .remote, .json], examples: ["paas labs"]
    ) { invocation in
        let terminal = invocation.terminal
        let (platform, app) = try await invocation.target()
        if invocation.has(.json) { return terminal.json(try await platform.document(["apps", app.id, "features"])) }
        terminal.header("User Features \(try await platform.account().email)")
        terminal.print()
        terminal.header("App Features \(terminal.appName(app.name, on: terminal.output))")
        printFeatures(try await platform.features(of: app.id), terminal)
    }

    private static func printFeatures(_ features: [AppFeatureResource], _ terminal: Terminal) {
        let sorted = features.sorted { $0.name < $1.name }
        let width = sorted.map(\.name.displayWidth).max() ?? 0
        for feature in sorted {
            let mark = feature.enabled ? "[\(terminal.output.styled("+", .green))]" : "[ ]"
            terminal.print("\(mark) \(feature.name.padded(to: width))  \(feature.description)")
        }
    }
}
