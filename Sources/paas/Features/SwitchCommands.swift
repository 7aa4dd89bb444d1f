import APIClient
import APISchema
import Console

extension Command {
    static let featuresEnable = switching(
        "features:enable", aliases: ["labs:enable"], abstract: "enables an app feature", to: true)
    static let featuresDisable = switching(
        "features:disable", aliases: ["labs:disable"], abstract: "disables an app feature", to: false)

    static let featuresInfo = Command(
        "features:info", aliases: ["labs:info"], abstract: "display information about a feature",
        flags: [.app, .remote, .json], operands: [.required("FEATURE", "unique identifier or name of the app feature")],
        examples: ["paas features:info atomic-deploy"]
    ) { invocation in
        let terminal = invocation.terminal
        let (platform, app) = try await invocation.target()
        let name = invocation.operands[0]
        if invocation.has(.json) {
            return terminal.json(try await platform.document(["apps", app.id, "features", name]))
        }
        let feature = try await platform.feature(name, of: app.id)
        terminal.header(feature.name)
        terminal.object([
            ("Description", [feature.description]), ("Enabled", [String(feature.enabled)]),
            ("Docs", feature.docURL.isEmpty ? [] : [feature.docURL]),
        ])
    }

    private static func switching(_ name: String, aliases: [String], abstract: String, to enabled: Bool) -> Command {
        Command(
            name, aliases: aliases, abstract: abstract, flags: [.app, .remote, .confirm],
            operands: [.required("FEATURE", "unique identifier or name of the app feature")],
            examples: ["paas \(name) atomic-deploy"]
        ) { invocation in
            let terminal = invocation.terminal
            let (platform, app) = try await invocation.target()
            let name = invocation.operands[0]
            let feature = try await platform.feature(name, of: app.id)
            guard feature.enabled != enabled else {
                throw Failure("\(name) is already \(enabled ? "enabled" : "disabled").")
            }
            let verb = enabled ? "Enabling" : "Disabling"
            let text = "\(verb) \(terminal.errors.styled(name, .green)) for \(terminal.appName(app.name))"
            try await terminal.action(text) { _ in try await platform.setFeature(name, of: app.id, enabled: enabled) }
        }
    }
}
