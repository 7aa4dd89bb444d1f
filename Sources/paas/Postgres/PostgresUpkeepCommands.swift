import APIClient
import APISchema
import Console

/// What Heroku does with its own servers, and a machine's owner with theirs.
extension Command {
    static let pgMaintenance = Command(
        "pg:maintenance", abstract: "show current maintenance information", flags: [.app, .remote],
        operands: [.database], examples: ["paas pg:maintenance"]
    ) { invocation in
        let database = try await DatabaseChoice(invocation.operands.first, invocation)
        let info = try await database.platform.database(database.attachment.addon.id)
        invocation.terminal.print(
            "\(database.addon) has no maintenance scheduled: this machine's PostgreSQL \(info.postgresVersion) serves it."
        )
    }

    static let pgMaintenanceRun = Command(
        "pg:maintenance:run", abstract: "start maintenance (there is none here)",
        flags: [.app, .remote, Flag("force", short: "f", help: "accepted, without effect")], operands: [.database],
        examples: ["paas pg:maintenance:run"]
    ) { invocation in
        let database = try await DatabaseChoice(invocation.operands.first, invocation)
        throw Failure(
            "\(database.addon) has no maintenance to run: updates of PostgreSQL come with the machine's.",
            mend: ["sudo apt-get install --only-upgrade postgresql", "paas down && paas up  # to run the new one"])
    }

    static let pgMaintenanceWindow = Command(
        "pg:maintenance:window", abstract: "set weekly maintenance window (there is none here)",
        flags: [.app, .remote],
        operands: [.any("DATABASE", "config var, attachment or add-on of the database, and the window")],
        examples: ["paas pg:maintenance:window \"Sunday 14:30\""]
    ) { invocation in
        throw Failure(
            "Databases have no maintenance window here: nothing is done to them by itself.",
            mend: ["paas pg:maintenance"])
    }

    static let pgUpgrade = Command(
        "pg:upgrade", aliases: upgrades.map { "pg:upgrade:\($0)" },
        abstract: "upgrade the database's version (not here: the machine has one PostgreSQL)",
        flags: [.app, .remote, .confirm, Flag("version", short: "v", placeholder: "version", help: "without effect")],
        operands: [.database], examples: ["paas pg:upgrade"]
    ) { invocation in
        let database = try await DatabaseChoice(invocation.operands.first, invocation)
        let info = try await database.platform.database(database.attachment.addon.id)
        throw Failure(
            "\(database.addon) can't be upgraded by itself: all databases are served by this machine's PostgreSQL "
                + "\(info.postgresVersion).",
            mend: [
                "paas pg:backups:capture && paas pg:backups:download",
                "pg_restore --no-acl --no-owner -d URL latest.dump  # into a newer one, of another home",
            ])
    }

    private static let upgrades = ["run", "prepare", "dryrun", "cancel", "wait"]
}
