import APIClient
import APISchema
import Console
import Posix

extension Command {
    static let appsCreate = Command(
        "apps:create", aliases: ["create"], abstract: "creates a new app",
        flags: [
            .buildpack, .noRemote, .newRemote, .json, .region, .stack, .team, .space, .addons,
            Flag("app", short: "a", placeholder: "app", help: "name of app to create", isHidden: true),
        ],
        operands: [.optional("APP", "name of app to create")],
        examples: ["paas apps:create", "paas apps:create my-app", "paas apps:create my-app --remote staging"]
    ) { invocation in
        let terminal = invocation.terminal
        for flag in [Flag.region, .stack, .team, .space] where invocation[flag] != nil {
            terminal.note(" --\(flag.name) has no effect here: \(CreateNotes.why(flag))")
        }
        let name = invocation[.app] ?? invocation.operands.first ?? Environment.nonEmpty("PAAS_APP")
        let buildpacks = invocation.all(.buildpack)
        let platform = try await invocation.platform()
        let app = try await terminal.action(name.map { "Creating \(terminal.appName($0))" } ?? "Creating app") {
            status in
            let app = try await platform.createApp(AppCreate(name: name))
            if name == nil { status.finish("done, \(terminal.appName(app.name))") }
            return app
        }
        if !buildpacks.isEmpty {
            try await terminal.action("Setting buildpack to \(buildpacks.joined(separator: ", "))") { _ in
                _ = try await platform.setBuildpacks(of: app.id, buildpacks)
            }
        }
        for plan in (invocation[.addons] ?? "").split(separator: ",") {
            try await terminal.action("Adding \(plan)") { _ in
                _ = try await platform.createAddon(AddonCreate(plan: String(plan)), for: app.id)
            }
        }
        if !invocation.has(.noRemote) {
            try addRemote(invocation[.newRemote] ?? "paas", app, terminal)
        }
        if invocation.has(.json) {
            terminal.json(try await platform.document(["apps", app.id]))
        } else {
            terminal.print(
                "\(terminal.output.styled(app.webURL ?? "", .info)) | \(terminal.output.styled(app.gitURL, .green))")
        }
    }

    /// A remote that is there already stays, unless its repository is gone; Heroku's CLI never touches one.
    private static func addRemote(_ name: String, _ app: AppResource, _ terminal: Terminal) throws {
        do {
            guard try GitRepository.exists() else { return }
        } catch let failure as Failure {
            // The app is there; what is missing can be typed later.
            let adding = "paas git:remote -a \(app.name)\(name == "paas" ? "" : " -r \(name)")"
            return terminal.warn(
                "No Git remote was added. \(failure.message)\nTo add it, run:\n"
                    + (failure.mend + [adding]).map { "  \($0)" }.joined(separator: "\n"))
        }
        try GitRepository.warnIfUnpushable(terminal)
        let wanted = GitRepository.Remote(name: name, url: app.gitURL)
        guard let existing = try GitRepository.remotes().first(where: { $0.name == name }) else {
            return try GitRepository.add(wanted)
        }
        if existing.url.hasPrefix("/"), !FileTree.exists(existing.url) { return try GitRepository.setURL(of: wanted) }
        terminal.warn(
            """
            Git remote \(name) was there already and still points to \(existing.url).
            To push this app with it, run: paas git:remote -a \(app.name) -r \(name)
            """)
    }
}

extension Flag {
    static let buildpack = Flag(
        "buildpack", short: "b", placeholder: "buildpack", help: "buildpack url to use for this app")
    static let noRemote = Flag("no-remote", short: "n", help: "do not create a git remote")
    static let newRemote = Flag(
        "remote", short: "r", placeholder: "remote", help: "the git remote to create, default \"paas\"")
    static let region = Flag(
        "region", placeholder: "region", help: "accepted, without effect: apps run on this machine")
    static let stack = Flag(
        "stack", short: "s", placeholder: "stack", help: "accepted, without effect: there is one stack")
    static let team = Flag(
        "team", short: "t", placeholder: "team", help: "accepted, without effect: there is one account")
    static let space = Flag("space", placeholder: "space", help: "accepted, without effect", isHidden: true)
    static let addons = Flag("addons", placeholder: "addons", help: "comma-delimited list of add-ons to install")
}

/// Why some of Heroku's flags change nothing on one's own machine.
enum CreateNotes {
    static func why(_ flag: Flag) -> String {
        switch flag.name {
        case "region": "apps run on this machine."
        case "stack": "apps see this machine's system."
        case "team": "there is one account."
        default: "apps run side by side on this machine."
        }
    }
}
