import APIClient
import APISchema
import Console

extension Command {
    static let addonsCreate = Command(
        "addons:create", aliases: ["addons:add"], abstract: "create a new add-on resource",
        discussion:
            "Plans of every generation are known; all of them are free here. What stands behind the plan goes to "
            + "the service.",
        flags: [.app, .remote, .attachmentName, .addonName, .confirm, .wait],
        operands: [.any("SERVICE:PLAN", "unique identifier or globally unique name of the add-on")],
        examples: [
            "paas addons:create heroku-postgresql:essential-0 --app my-app",
            "paas addons:create heroku-postgresql --as MY_DATABASE",
        ], passesUnknownFlags: true
    ) { invocation in
        let terminal = invocation.terminal
        guard let plan = invocation.operands.first, !plan.hasPrefix("-") else {
            throw Failure(
                "Usage: paas addons:create SERVICE:PLAN\nMust specify a service.", mend: ["paas addons:services"])
        }
        let options = try AddonOptions.parse(Array(invocation.operands.dropFirst()))
        let (platform, app) = try await invocation.target()
        let body = AddonCreate(
            plan: plan, attachment: invocation[.attachmentName], name: invocation[.addonName], config: options,
            confirm: invocation[.confirm])
        let addon = try await terminal.action("Creating \(plan) on \(terminal.appName(app.name))") { status in
            let addon = try await platform.createAddon(body, for: app.id)
            status.finish(AddonText.price(addon.billedPrice))
            return addon
        }
        if !addon.provisionMessage.isEmpty {
            terminal.print(ControlBytes.shown(addon.provisionMessage, keepingLines: true, keepingColours: false))
        }
        let names = addon.configVars.joined(separator: ", ")
        let isPending = addon.state == "provisioning"
        if isPending, invocation.has(.wait) {
            try await AddonWaiting.wait(for: addon, on: platform, terminal)
        } else if isPending {
            let name = terminal.output.styled(addon.name, .yellow)
            terminal.print("\(name) is being created in the background. The app will restart when complete...")
            terminal.print("Run paas addons:info \(addon.name) to check creation progress")
        } else {
            terminal.print(
                "Created \(terminal.output.styled(addon.name, .yellow))\(names.isEmpty ? "" : " as \(names)")")
        }
        terminal.print("Use paas addons:docs \(addon.addonService.name) to view documentation")
    }
}

extension Flag {
    fileprivate static let attachmentName = Flag(
        "as", placeholder: "as", help: "name for the initial add-on attachment")
    fileprivate static let addonName = Flag("name", placeholder: "name", help: "name for the add-on resource")
    fileprivate static let wait = Flag(
        "wait", help: "wait also for an add-on that its provider makes in the background")
}
