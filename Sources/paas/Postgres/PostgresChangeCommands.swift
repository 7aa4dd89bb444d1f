import APIClient
import APISchema
import Console

extension Command {
    static let pgReset = Command(
        "pg:reset", abstract: "delete all data in DATABASE", flags: [.app, .remote, .confirm],
        operands: [.optional("DATABASE", "config var, attachment or add-on of the database; DATABASE_URL without it")],
        examples: ["paas pg:reset --confirm my-app"]
    ) { invocation in
        let terminal = invocation.terminal
        let database = try await DatabaseChoice(invocation.operands.first, invocation)
        try terminal.confirmDestruction(
            of: database.app.name, confirmation: invocation[.confirm],
            warning: "You are about to delete all data in \(database.addon).")
        try await terminal.action("Resetting \(terminal.errors.styled(database.addon, .yellow))") { _ in
            try await database.platform.resetDatabase(database.attachment.addon.id)
        }
    }

    static let pgPromote = Command(
        "pg:promote", abstract: "sets DATABASE as your DATABASE_URL", flags: [.app, .remote],
        operands: [.required("DATABASE", "config var, attachment or add-on of the database")],
        examples: ["paas pg:promote HEROKU_POSTGRESQL_RED_URL"]
    ) { invocation in
        let terminal = invocation.terminal
        let database = try await DatabaseChoice(invocation.operands.first, invocation)
        let (platform, app) = (database.platform, database.app)
        let here = try await platform.attachments(of: app.id)
        let name = terminal.errors.styled(database.addon, .yellow)
        if let old = here.first(where: { $0.name == "DATABASE" }) {
            guard old.addon.id != database.attachment.addon.id else {
                throw Failure("\(database.addon) is already promoted on \(app.name)")
            }
            try await terminal.action("Ensuring an alternate alias for existing DATABASE_URL") { status in
                if let other = here.first(where: { $0.addon.id == old.addon.id && $0.name != "DATABASE" }) {
                    return status.finish("\(other.name)_URL")
                }
                let made = try await platform.attach(
                    AddonAttachmentCreate(addon: old.addon.id, app: app.id, name: nil))
                status.finish("\(made.name)_URL")
            }
        }
        try await terminal.action("Promoting \(name) to DATABASE_URL on \(terminal.appName(app.name))") { _ in
            _ = try await platform.attach(
                AddonAttachmentCreate(
                    addon: database.attachment.addon.id, app: app.id, name: "DATABASE", confirm: app.name))
        }
    }

    static let pgCredentialsRotate = Command(
        "pg:credentials:rotate", abstract: "rotate the database credentials",
        flags: [
            .app, .remote, .confirm,
            Flag("name", short: "n", placeholder: "name", help: "which credential to rotate: only default"),
            Flag("all", help: "rotate all credentials"), Flag("force", help: "accepted, without effect"),
        ],
        operands: [.optional("DATABASE", "config var, attachment or add-on of the database; DATABASE_URL without it")],
        examples: ["paas pg:credentials:rotate --confirm my-app"]
    ) { invocation in
        let terminal = invocation.terminal
        let database = try await DatabaseChoice(invocation.operands.first, invocation)
        try terminal.confirmDestruction(
            of: database.app.name, confirmation: invocation[.confirm],
            warning: "Connections with the old password end. Every app that has \(database.addon) is restarted.")
        let name = terminal.errors.styled(database.addon, .yellow)
        try await terminal.action("Rotating default credential on \(name)") { _ in
            try await database.platform.rotateCredentials(of: database.attachment.addon.id)
        }
    }

    static let pgCopy = Command(
        "pg:copy", abstract: "copy all data from source db to target", flags: [.app, .remote, .confirm],
        operands: [.required("SOURCE", "database to copy from"), .required("TARGET", "database to copy to")],
        examples: ["paas pg:copy DATABASE_URL HEROKU_POSTGRESQL_RED_URL --confirm my-app"]
    ) { invocation in
        let terminal = invocation.terminal
        let source = try await DatabaseChoice(invocation.operands[0], invocation)
        let target = try await DatabaseChoice(invocation.operands[1], invocation)
        guard source.attachment.addon.id != target.attachment.addon.id else {
            throw Failure("\(source.addon) can't be copied to itself.", mend: ["paas addons"])
        }
        try terminal.confirmDestruction(
            of: target.app.name, confirmation: invocation[.confirm],
            warning: "This command removes all data from \(target.addon).\nData from \(source.addon) will then be "
                + "transferred to \(target.addon).")
        let names = (terminal.errors.styled(source.addon, .yellow), terminal.errors.styled(target.addon, .yellow))
        let transfer = try await terminal.action("Starting copy of \(names.0) to \(names.1)") { _ in
            try await source.platform.copyDatabase(source.attachment.addon.id, to: target.attachment.addon.id)
        }
        try await TransferProgress(source.platform, transfer, of: target.attachment.addon.app.id)
            .show("Copying", terminal)
    }
}
