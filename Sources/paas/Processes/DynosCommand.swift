import APIClient
import APISchema
import Console

extension Command {
    static let ps = Command(
        "ps", abstract: "list dynos for an app",
        flags: [
            .app, .remote, .json, .noWrap,
            Flag("extended", short: "x", help: "show extended information", isHidden: true),
        ],
        operands: [.any("TYPE", "process types to list")],
        examples: ["paas ps", "paas ps run  # specifying types"]
    ) { invocation in
        let terminal = invocation.terminal
        let (platform, app) = try await invocation.target()
        let types = Set(invocation.operands)
        if invocation.has(.json), types.isEmpty {
            return terminal.json(try await platform.document(["apps", app.id, "dynos"]))
        }
        let dynos = try await platform.dynos(of: app.id).filter { types.isEmpty || types.contains($0.type) }
        if invocation.has(.json) { return terminal.json(try WireJSON.encode(dynos)) }
        guard !dynos.isEmpty else {
            guard let type = invocation.operands.first else {
                return terminal.print("No dynos on \(terminal.appName(app.name, on: terminal.output))")
            }
            throw Failure("No \(terminal.errors.styled(type, .magenta)) dynos on \(app.name)")
        }
        if dynos.contains(where: { $0.size == "Eco" }) {
            for line in QuotaText.lines(try await platform.quota(of: "~"), app: app.id) { terminal.print(line) }
        }
        DynoListing(dynos).print(on: terminal)
    }
}
