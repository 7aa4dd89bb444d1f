import APIClient
import APISchema
import Console
import Posix

extension Command {
    static let addonsDestroy = Command(
        "addons:destroy", aliases: ["addons:remove"], abstract: "permanently destroy an add-on resource",
        flags: [
            .app, .remote, .confirm,
            Flag("force", short: "f", help: "even if connected to other apps, and if its provider does not end it"),
            Flag("wait", help: "accepted: the command always waits until the add-on is gone"),
        ],
        operands: [.many("ADDON", "unique identifier or globally unique name of the add-on")],
        examples: ["paas addons:destroy postgresql-curly-12345 --confirm my-app"]
    ) { invocation in
        let terminal = invocation.terminal
        var all: [AddonResource] = []
        for name in invocation.operands { all.append(try await invocation.addon(name).addon) }
        let platform = try await invocation.platform()
        for app in Set(all.map(\.app.name)).sorted() {
            try terminal.confirmDestruction(of: app, confirmation: invocation[.confirm])
        }
        let isForced = invocation.has(Flag("force", help: ""))
        for addon in all {
            let name = terminal.errors.styled(addon.name, .yellow)
            try await terminal.action("Destroying \(name) on \(terminal.appName(addon.app.name))") { _ in
                try await platform.destroyAddon(addon.id, of: addon.app.id, force: isForced)
            }
        }
    }

    static let addonsAttach = Command(
        "addons:attach", abstract: "attach an existing add-on resource to an app",
        flags: [.app, .remote, .confirm, Flag("as", placeholder: "as", help: "name for add-on attachment")],
        operands: [.required("ADDON", "unique identifier or globally unique name of the add-on")],
        examples: ["paas addons:attach postgresql-curly-12345 -a other-app --as SHARED"]
    ) { invocation in
        let terminal = invocation.terminal
        let (platform, app) = try await invocation.target()
        let (_, addon) = try await invocation.addon(invocation.operands[0])
        let name = invocation[Flag("as", help: "")]
        let styled = terminal.errors.styled(addon.name, .yellow)
        let text = "Attaching \(styled)\(name.map { " as \($0)" } ?? "") to \(terminal.appName(app.name))"
        let attachment = try await terminal.action(text) { _ in
            try await platform.attach(
                AddonAttachmentCreate(addon: addon.id, app: app.id, name: name, confirm: invocation[.confirm]))
        }
        try await tell("Setting \(attachment.name) config vars", app, platform, terminal)
    }

    static let addonsDetach = Command(
        "addons:detach", abstract: "detach an existing add-on resource from an app", flags: [.app, .remote],
        operands: [.required("ATTACHMENT", "name of the attachment")],
        examples: ["paas addons:detach SHARED -a other-app"]
    ) { invocation in
        let terminal = invocation.terminal
        let (platform, app) = try await invocation.target()
        let attachment = try await platform.attachment(invocation.operands[0], of: app.id)
        let styled = terminal.errors.styled(attachment.addon.name, .yellow)
        let text = "Detaching \(attachment.name) to \(styled) from \(terminal.appName(app.name))"
        try await terminal.action(text) { _ in try await platform.detach(attachment.id) }
        try await tell("Unsetting \(attachment.name) config vars", app, platform, terminal)
    }

    /// The second line of both: what the app runs from now on.
    private static func tell(
        _ text: String, _ app: AppResource, _ platform: PlatformClient, _ terminal: Terminal
    ) async throws {
        try await terminal.action("\(text) and restarting \(terminal.appName(app.name))") { status in
            guard let release = try await platform.releases(of: app.id, newest: 1).first else { return }
            status.finish("done, v\(release.version)")
        }
    }

    static let addonsRename = Command(
        "addons:rename", abstract: "rename an add-on", flags: [],
        operands: [
            .required("ADDON", "unique identifier or globally unique name of the add-on"),
            .required("NEW_NAME", "new globally unique name of the add-on"),
        ],
        examples: ["paas addons:rename postgresql-curly-12345 orders"]
    ) { invocation in
        let (platform, addon) = try await invocation.addon(invocation.operands[0])
        let name = invocation.operands[1]
        _ = try await platform.updateAddon(addon.id, of: addon.app.id, AddonUpdate(name: name))
        invocation.terminal.print("\(addon.name) successfully renamed to \(name).")
    }

    static let addonsUpgrade = Command(
        "addons:upgrade", aliases: ["addons:downgrade"], abstract: "change add-on plan", flags: [.app, .remote],
        operands: [
            .required("ADDON", "unique identifier or globally unique name of the add-on"),
            .optional("PLAN", "the new plan: essential-1 or heroku-postgresql:essential-1"),
        ],
        examples: [
            "paas addons:upgrade postgresql-curly-12345 essential-1", "paas addons:upgrade heroku-redis:premium-2",
        ]
    ) { invocation in
        let terminal = invocation.terminal
        // `SERVICE:PLAN` alone means the app's add-on of that service.
        let first = invocation.operands[0]
        let parts = first.split(separator: ":").map(String.init)
        guard let plan = invocation.operands.dropFirst().first ?? (parts.count == 2 ? parts[1] : nil) else {
            throw Failure(
                "No plan was given.", mend: ["paas addons:upgrade \(first) PLAN", "paas addons:plans \(first)"])
        }
        let (platform, addon) = try await invocation.addon(invocation.operands.count == 1 ? parts[0] : first)
        let whole = plan.contains(":") ? plan : "\(addon.addonService.name):\(plan)"
        let name = terminal.errors.styled(addon.name, .yellow)
        let text = "Changing \(name) on \(terminal.appName(addon.app.name)) from \(addon.plan.name) to \(whole)"
        try await terminal.action(text) { status in
            let changed = try await platform.updateAddon(addon.id, of: addon.app.id, AddonUpdate(plan: whole))
            status.finish("done, \(AddonText.price(changed.billedPrice))")
        }
    }

    static let addonsWait = Command(
        "addons:wait", abstract: "show provisioning status of the add-ons on the app", flags: [.app, .remote],
        operands: [.optional("ADDON", "unique identifier or globally unique name of the add-on")],
        examples: ["paas addons:wait postgresql-curly-12345"]
    ) { invocation in
        let terminal = invocation.terminal
        let all: [AddonResource]
        let platform: PlatformClient
        if let name = invocation.operands.first {
            let found = try await invocation.addon(name)
            (platform, all) = (found.platform, [found.addon])
        } else {
            let target = try await invocation.target()
            platform = target.platform
            all = try await platform.addons(of: target.app.id)
        }
        for addon in all where addon.state == "provisioning" {
            try await AddonWaiting.wait(for: addon, on: platform, terminal)
        }
    }

    static let addonsDocs = Command(
        "addons:docs", abstract: "open an add-on's Dev Center documentation in your browser",
        flags: [.app, .remote, .showURL], operands: [.required("ADDON", "name of an add-on or a service")],
        examples: ["paas addons:docs heroku-postgresql"]
    ) { invocation in
        let platform = try await invocation.platform()
        let text = invocation.operands[0].split(separator: ":").first.map(String.init) ?? ""
        let service: String
        if let known = try? await platform.addonService(text) {
            service = known.name
        } else {
            service = try await invocation.addon(text).addon.addonService.name
        }
        try Browser.show("https://devcenter.heroku.com/articles/\(service)", invocation)
    }

    static let addonsOpen = Command(
        "addons:open", abstract: "open an add-on's dashboard in your browser", flags: [.app, .remote, .showURL],
        operands: [.required("ADDON", "unique identifier or globally unique name of the add-on")],
        examples: ["paas addons:open DATABASE"]
    ) { invocation in
        let (_, addon) = try await invocation.addon(invocation.operands[0])
        guard let url = addon.webURL else {
            throw Failure(
                AddonText.noPage(of: addon),
                mend: AddonText.commands(of: addon) + ["paas addons:info \(addon.name)"])
        }
        try Browser.show(url, invocation)
    }
}

extension Flag {
    fileprivate static let showURL = Flag("show-url", help: "show URL, do not open browser")
}

extension Browser {
    /// Opens a page, or only names it.
    static func show(_ url: String, _ invocation: Invocation) throws {
        if invocation.has(.showURL) { return invocation.terminal.print(url) }
        invocation.terminal.print("Opening \(url)...")
        guard let browser = program() else {
            return invocation.terminal.warn("No browser was found on this machine: open the address yourself.")
        }
        _ = try Subprocess.startDetached(browser, arguments: [url], environment: Environment.all, log: "/dev/null")
    }
}
