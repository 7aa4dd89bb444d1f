import APIClient
import APISchema
import Console

extension Command {
    static let mailKeys = Command(
        "mail:keys", abstract: "list the API keys of an app's SendGrid", flags: [.app, .remote, .json],
        examples: ["paas mail:keys -a my-app"]
    ) { invocation in
        let terminal = invocation.terminal
        let (platform, addon) = try await sendGrid(invocation)
        let keys = try await platform.mailKeys(of: addon.id)
        if invocation.has(.json) { return terminal.json(try WireJSON.encode(keys)) }
        guard !keys.isEmpty else { return terminal.print("\(addon.name) has no keys.") }
        var table = Table(["Name", "Key", "Created"])
        for key in keys { table.add([MailText.cell(key.name), "\(key.beginning)…", TimeText.ago(key.createdAt)]) }
        terminal.table(table)
    }

    static let mailKeysCreate = Command(
        "mail:keys:create", abstract: "make an API key for SendGrid",
        discussion: "The key is shown once. With --set it becomes a config var, which restarts the app.",
        flags: [
            .app, .remote, .keyName,
            Flag("set", help: "set it as SENDGRID_API_KEY"),
        ], examples: ["paas mail:keys:create -a my-app", "paas mail:keys:create --name mailer --set"]
    ) { invocation in
        let terminal = invocation.terminal
        let (platform, addon) = try await sendGrid(invocation)
        let key = try await terminal.action("Creating a key for \(terminal.errors.styled(addon.name, .yellow))") { _ in
            try await platform.createMailKey(invocation[.keyName] ?? "key", of: addon.id)
        }
        let secret = key.key ?? ""
        terminal.print(secret)
        guard invocation.has(Flag("set", help: "")) else {
            return terminal.note("Keep it: it is not shown again. paas config:set SENDGRID_API_KEY=\(secret)")
        }
        let app = try await invocation.app(on: platform)
        try await terminal.action("Setting SENDGRID_API_KEY and restarting \(terminal.appName(app.name))") { _ in
            _ = try await platform.updateConfigVars(of: app.id, ["SENDGRID_API_KEY": secret])
        }
    }

    static let mailKeysRemove = Command(
        "mail:keys:remove", abstract: "end an API key of SendGrid", flags: [.app, .remote],
        operands: [.required("KEY", "name of the key, or the key itself")],
        examples: ["paas mail:keys:remove mailer"]
    ) { invocation in
        let terminal = invocation.terminal
        let (platform, addon) = try await sendGrid(invocation)
        let name = invocation.operands[0]
        let shown = name.hasPrefix("SG.") ? "\(name.prefix(11))…" : name
        try await terminal.action("Removing \(shown) from \(terminal.errors.styled(addon.name, .yellow))") { _ in
            try await platform.removeMailKey(name, of: addon.id)
        }
    }

    /// The app's one SendGrid.
    private static func sendGrid(
        _ invocation: Invocation
    ) async throws -> (platform: PlatformClient, addon: AddonResource) {
        let (platform, app) = try await invocation.target()
        let ids = Set(try await MailChoice.status(of: app, on: platform).services.map(\.addon.id))
        let all = try await platform.allAddons().filter { $0.addonService.name == "sendgrid" && ids.contains($0.id) }
        guard let addon = all.first else {
            throw Failure(
                "\(app.name) has no SendGrid.", mend: ["paas addons:create sendgrid -a \(app.name)"])
        }
        return (platform, addon)
    }
}

extension Flag {
    fileprivate static let keyName = Flag("name", placeholder: "name", help: "what to call the key")
}
