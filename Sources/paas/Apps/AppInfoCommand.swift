import APIClient
import APISchema
import Console

extension Command {
    static let appsInfo = Command(
        "apps:info", aliases: ["info"], abstract: "show detailed app information",
        flags: [
            .app, .remote, .json, .shell,
            Flag("extended", short: "x", help: "show extended information", isHidden: true),
        ],
        operands: [.optional("APP", "name of the app")],
        examples: ["paas apps:info", "paas apps:info --shell"]
    ) { invocation in
        let terminal = invocation.terminal
        let platform = try await invocation.platform()
        let app =
            if let name = invocation.operands.first { try await platform.app(name) } else {
                try await invocation.app(on: platform)
            }
        if invocation.has(.json) { return terminal.json(try await infoDocument(app, platform)) }
        let quantities = Dictionary(
            try await platform.formation(of: app.id).map { ($0.type, $0.quantity) },
            uniquingKeysWith: { first, _ in first }
        ).filter { $0.value > 0 }.sorted { $0.key < $1.key }
        if invocation.has(.shell) { return printShell(app, quantities, terminal) }
        terminal.header(terminal.appName(app.name, on: terminal.output))
        let stack = app.stack.name == app.buildStack.name ? "" : " (next build will use \(app.buildStack.name))"
        terminal.object([
            ("Maintenance", app.maintenance ? ["true"] : []),
            ("Auto Cert Mgmt", [String(app.acm)]),
            ("Git URL", [app.gitURL]),
            ("Web URL", app.webURL.map { [$0] } ?? []),
            ("Repo Size", app.repoSize.map { [ByteText.text($0)] } ?? []),
            ("Slug Size", app.slugSize.map { [ByteText.text($0)] } ?? []),
            ("Owner", [app.owner.email]),
            ("Region", [app.region.name]),
            ("Dynos", quantities.map { "\($0.key): \($0.value)" }),
            ("Stack", [app.stack.name + stack]),
        ])
    }

    private static func printShell(_ app: AppResource, _ quantities: [(key: String, value: Int)], _ terminal: Terminal)
    {
        let dynos = quantities.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",")
        terminal.print("auto_cert_mgmt=false")
        terminal.print("addons=")
        terminal.print("collaborators=")
        terminal.print("git_url=\(app.gitURL)")
        terminal.print("web_url=\(app.webURL ?? "")")
        if let size = app.repoSize { terminal.print("repo_size=\(ByteText.text(size))") }
        if let size = app.slugSize { terminal.print("slug_size=\(ByteText.text(size))") }
        terminal.print("owner=\(app.owner.email)")
        terminal.print("region=\(app.region.name)")
        terminal.print("dynos={\(dynos)}")
        terminal.print("stack=\(app.stack.name)")
    }

    private static func infoDocument(_ app: AppResource, _ platform: PlatformClient) async throws -> [UInt8] {
        let appDocument = try await platform.document(["apps", app.id])
        let dynos = try await platform.document(["apps", app.id, "dynos"])
        return Array(#"{"addons":[],"app":"#.utf8) + appDocument + Array(#","collaborators":[],"dynos":"#.utf8) + dynos
            + Array(#","pipeline_coupling":null}"#.utf8)
    }
}
