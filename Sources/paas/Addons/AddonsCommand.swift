import APIClient
import APISchema
import Console

extension Command {
    static let addons = Command(
        "addons", abstract: "lists your add-ons and attachments",
        flags: [.app, .remote, .all, .json, .noWrap],
        examples: ["paas addons -a my-app", "paas addons --all"]
    ) { invocation in
        let terminal = invocation.terminal
        if invocation.has(.all) {
            let platform = try await invocation.platform()
            if invocation.has(.json) { return terminal.json(try await platform.wholeList(["addons"])) }
            let addons = try await platform.allAddons()
            guard !addons.isEmpty else { return terminal.print("No add-ons.") }
            return terminal.table(whole(addons), cut: !invocation.has(.noWrap))
        }
        let (platform, app) = try await invocation.target()
        if invocation.has(.json) { return terminal.json(try await platform.wholeList(["apps", app.id, "addons"])) }
        let listing = try await AddonListing(of: app, on: platform)
        guard !listing.isEmpty else {
            return terminal.print("No add-ons for app \(terminal.appName(app.name, on: terminal.output)).")
        }
        terminal.table(listing.table, cut: !invocation.has(.noWrap))
        terminal.print()
        let name = terminal.appName(app.name, on: terminal.output)
        terminal.print(
            "The table above shows add-ons and the attachments to the current app (\(name)) or other apps.")
    }

    private static func whole(_ addons: [AddonResource]) -> Table {
        var table = Table(["Owning App", "Add-on", "Plan", "Price", "Max Price", "State"])
        for addon in addons.sorted(by: { ($0.app.name, $0.name) < ($1.app.name, $1.name) }) {
            let price = AddonText.price(addon.billedPrice)
            table.add([
                addon.app.name, addon.name, addon.plan.name, price, price, AddonText.state(addon.state),
            ])
        }
        return table
    }

    static let addonsInfo = Command(
        "addons:info", abstract: "show detailed add-on resource and attachment information", flags: [.app, .remote],
        operands: [.required("ADDON", "unique identifier or globally unique name of the add-on")],
        examples: ["paas addons:info postgresql-curly-12345"]
    ) { invocation in
        let terminal = invocation.terminal
        let (platform, addon) = try await invocation.addon(invocation.operands[0])
        let attachments = try await platform.attachments(ofAddon: addon.id)
        let price = AddonText.price(addon.billedPrice)
        terminal.header(addon.name)
        terminal.object(
            [
                ("Plan", [addon.plan.name]), ("Price", [price]), ("Max Price", [price]),
                ("Attachments", attachments.map { "\($0.app.name)::\($0.name)" }.sorted()),
                ("Owning app", [addon.app.name]), ("Installed at", [TimeText.ago(addon.createdAt)]),
                ("State", [AddonText.state(addon.state)]),
            ] + (try await MailText.lines(of: addon, on: platform)) + AddonText.searchServer(of: addon))
    }

    static let addonsServices = Command(
        "addons:services", abstract: "list all available add-on services", flags: [.json],
        examples: ["paas addons:services"]
    ) { invocation in
        let terminal = invocation.terminal
        let platform = try await invocation.platform()
        if invocation.has(.json) { return terminal.json(try await platform.wholeList(["addon-services"])) }
        var table = Table(["Slug", "Name", "State"])
        for service in try await platform.addonServices() {
            table.add([service.name, service.humanName, service.state])
        }
        terminal.table(table)
        terminal.print()
        terminal.print("See plans with paas addons:plans SERVICE")
    }

    static let addonsPlans = Command(
        "addons:plans", abstract: "list all available plans for an add-on service", flags: [.json, .noWrap],
        operands: [.required("SERVICE", "unique identifier or globally unique name of the add-on")],
        examples: ["paas addons:plans heroku-postgresql"]
    ) { invocation in
        let terminal = invocation.terminal
        let platform = try await invocation.platform()
        let service = invocation.operands[0]
        if invocation.has(.json) {
            return terminal.json(try await platform.wholeList(["addon-services", service, "plans"]))
        }
        var table = Table(["", "Slug", "Name", "Price", "Max Price"])
        for plan in try await platform.plans(of: service) {
            let price = AddonText.price(plan.price)
            table.add([plan.isDefault ? "default" : "", plan.name, plan.humanName, price, price])
        }
        terminal.table(table, cut: !invocation.has(.noWrap))
    }
}

extension Flag {
    fileprivate static let all = Flag("all", short: "A", help: "show add-ons and attachments for all accessible apps")
}

/// The add-ons that an app has, its own and others', with their attachments below. Source: heroku-cli.md §9.2.
struct AddonListing {
    let table: Table
    let isEmpty: Bool

    init(of app: AppResource, on platform: PlatformClient) async throws {
        let attachments = try await platform.allAttachments()
        let here = Set(attachments.filter { $0.app.id == app.id }.map(\.addon.id))
        let addons = try await platform.allAddons().filter { $0.app.id == app.id || here.contains($0.id) }
        var table = Table(["Add-on", "Plan", "Price", "Max Price", "State"])
        for addon in addons.sorted(by: { ($0.plan.name, $0.name) < ($1.plan.name, $1.name) }) {
            let isOwn = addon.app.id == app.id
            let price = isOwn ? AddonText.price(addon.billedPrice) : "(billed to \(addon.app.name) app)"
            table.add([
                "\(addon.addonService.name) (\(addon.name))", AddonText.plan(addon.plan.name), price,
                isOwn ? price : "", AddonText.state(addon.state),
            ])
            let below = attachments.filter { $0.addon.id == addon.id }
            for (index, attachment) in below.enumerated() {
                let line = index + 1 == below.count ? "└─" : "├─"
                let place = attachment.app.id == app.id ? "" : " on \(attachment.app.name) app"
                table.add([" \(line) as \(attachment.name)\(place)", "", "", "", ""])
            }
        }
        self.table = table
        isEmpty = addons.isEmpty
    }
}
