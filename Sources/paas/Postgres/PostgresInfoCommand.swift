import APIClient
import APISchema
import Console

extension Command {
    static let pgInfo = Command(
        "pg:info", aliases: ["pg"], abstract: "show database information", flags: [.app, .remote],
        operands: [.optional("DATABASE", "config var, attachment or add-on of the database; all of them without it")],
        examples: ["paas pg:info"]
    ) { invocation in
        let terminal = invocation.terminal
        let (platform, app) = try await invocation.target()
        let attachments =
            if let name = invocation.operands.first {
                try await platform.resolveAttachments(name, app: app.name, service: "heroku-postgresql")
            } else {
                try await platform.attachments(of: app.id).filter {
                    $0.addon.plan.name.hasPrefix("heroku-postgresql:")
                }
            }
        guard !attachments.isEmpty else {
            return terminal.print(
                "\(terminal.appName(app.name, on: terminal.output)) has no heroku-postgresql databases.")
        }
        var seen: Set<String> = []
        for attachment in attachments where seen.insert(attachment.addon.id).inserted {
            let all = attachments.filter { $0.addon.id == attachment.addon.id }
            let database = try await platform.database(attachment.addon.id)
            terminal.header(all.flatMap(\.configVars).joined(separator: ", "))
            terminal.object(
                database.info.map { ($0.name, $0.values) } + [("Add-on", [attachment.addon.name])]
                    + (attachment.addon.app.id == app.id ? [] : [("Billing App", [attachment.addon.app.name])]))
            terminal.print()
        }
    }

    static let pgWait = Command(
        "pg:wait", abstract: "blocks until database is available",
        flags: [.app, .remote, Flag("wait-interval", placeholder: "seconds", help: "how often to poll in seconds")],
        operands: [.optional("DATABASE", "config var, attachment or add-on of the database; DATABASE_URL without it")],
        examples: ["paas pg:wait"]
    ) { invocation in
        let database = try await DatabaseChoice(invocation.operands.first, invocation)
        // It answers when the server does.
        _ = try await database.platform.databaseWait(database.attachment.addon.id)
    }

    static let pgCredentials = Command(
        "pg:credentials", abstract: "show information on credentials in the database", flags: [.app, .remote],
        operands: [.optional("DATABASE", "config var, attachment or add-on of the database; DATABASE_URL without it")],
        examples: ["paas pg:credentials"]
    ) { invocation in
        _ = try await DatabaseChoice(invocation.operands.first, invocation)
        var table = Table(["Credential", "State"])
        table.add(["default", "active"])
        invocation.terminal.table(table)
    }

    static let pgCredentialsURL = Command(
        "pg:credentials:url", abstract: "show information on a database credential",
        flags: [.app, .remote, Flag("name", short: "n", placeholder: "name", help: "which credential: only default")],
        operands: [.optional("DATABASE", "config var, attachment or add-on of the database; DATABASE_URL without it")],
        examples: ["paas pg:credentials:url"]
    ) { invocation in
        let terminal = invocation.terminal
        let url = try await DatabaseChoice(invocation.operands.first, invocation).url
        terminal.print("Connection information for default credential.")
        terminal.print("Connection info string:")
        terminal.print(
            "  \"dbname=\(url.name) host=\(url.host) port=\(url.port) user=\(url.user) password=\(url.password) "
                + "sslmode=require\"")
        terminal.print("Connection URL:")
        terminal.print("  \(url.text)")
    }
}
