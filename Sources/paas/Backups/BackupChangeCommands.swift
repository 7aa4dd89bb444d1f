import APIClient
import APISchema
import Console
import Posix

extension Command {
    static let pgBackupsCapture = Command(
        "pg:backups:capture", abstract: "capture a new backup",
        flags: [
            .app, .remote, Flag("wait-interval", placeholder: "seconds", help: "accepted, without effect"),
            Flag("verbose", short: "v", help: "accepted, without effect"),
        ],
        operands: [.optional("DATABASE", "config var, attachment or add-on of the database; DATABASE_URL without it")],
        examples: ["paas pg:backups:capture"]
    ) { invocation in
        let terminal = invocation.terminal
        let database = try await DatabaseChoice(invocation.operands.first, invocation)
        let name = terminal.errors.styled(database.addon, .yellow)
        let transfer = try await terminal.action("Starting backup of \(name)") { _ in
            try await database.platform.captureBackup(of: database.attachment.addon.id)
        }
        terminal.noteOnLongWork("backup")
        try await TransferProgress(database.platform, transfer, of: database.attachment.addon.app.id)
            .show("Backing up \(database.attachment.name) to \(transfer.name)", terminal)
    }

    static let pgBackupsRestore = Command(
        "pg:backups:restore", abstract: "restore a backup (default latest) to a database",
        discussion:
            "What is in the database is replaced when the whole backup has been read; until then it is as it was.",
        flags: [
            .app, .remote, .confirm,
            Flag("extensions", short: "e", placeholder: "extensions", help: "accepted: a backup names its own"),
            Flag("wait-interval", placeholder: "seconds", help: "accepted, without effect"),
            Flag("verbose", short: "v", help: "accepted, without effect"),
        ],
        operands: [
            .optional("BACKUP", "name of the backup, of this app or APP::NAME; the newest without it"),
            .optional("DATABASE", "database to restore into; DATABASE_URL without it"),
        ],
        examples: ["paas pg:backups:restore b001 DATABASE_URL --confirm my-app"]
    ) { invocation in
        let terminal = invocation.terminal
        let database = try await DatabaseChoice(invocation.operands.dropFirst().first, invocation)
        let backup = try await source(invocation.operands.first, database)
        try terminal.confirmDestruction(
            of: database.app.name, confirmation: invocation[.confirm],
            warning: "This command will replace all data in \(database.addon) with \(backup.name).")
        let name = terminal.errors.styled(database.addon, .yellow)
        let transfer = try await terminal.action("Starting restore of \(backup.name) to \(name)") { _ in
            try await database.platform.restore(backup.uuid, into: database.attachment.addon.id)
        }
        terminal.noteOnLongWork("restore")
        try await TransferProgress(database.platform, transfer, of: database.attachment.addon.app.id)
            .show("Restoring", terminal)
    }

    private static func source(_ text: String?, _ database: DatabaseChoice) async throws -> TransferResource {
        guard let text, !text.contains("://") else {
            if text == nil { return try await BackupChoice.backup(nil, of: database.app, on: database.platform) }
            throw Failure(
                "Backups are restored by name here, not from a URL.",
                mend: [
                    "curl -o latest.dump URL",
                    "pg_restore --no-acl --no-owner -d $(paas config:get DATABASE_URL) latest.dump",
                ])
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: true).map(String.init)
        let app = parts.count == 2 ? try await database.platform.app(parts[0]) : database.app
        return try await BackupChoice.backup(parts.last, of: app, on: database.platform)
    }

    static let pgBackupsURL = Command(
        "pg:backups:url", abstract: "get secret but publicly accessible URL of a backup", flags: [.app, .remote],
        operands: [.optional("BACKUP_ID", "ID of the backup; the newest without it")],
        examples: ["curl -o latest.dump $(paas pg:backups:url)"]
    ) { invocation in
        let (platform, app) = try await invocation.target()
        let backup = try await BackupChoice.backup(invocation.operands.first, of: app, on: platform)
        invocation.terminal.print(try await platform.publicURL(ofBackup: backup.uuid, of: app.id).url)
    }

    static let pgBackupsDownload = Command(
        "pg:backups:download", abstract: "downloads database backup",
        flags: [
            .app, .remote,
            Flag("output", short: "o", placeholder: "output", help: "location to download to; - for standard output"),
        ],
        operands: [.optional("BACKUP_ID", "ID of the backup; the newest without it")],
        examples: ["paas pg:backups:download -o latest.dump"]
    ) { invocation in
        let terminal = invocation.terminal
        let (platform, app) = try await invocation.target()
        let backup = try await BackupChoice.backup(invocation.operands.first, of: app, on: platform)
        let target = try file(invocation[Flag("output", help: "")])
        try await terminal.action("Getting backup from \(app.name)") { status in
            let file = try NewFile(at: target)
            for try await piece in try await platform.backupFile(backup.uuid) { try file.write(piece) }
            try file.keep()
            status.finish("done, #\(backup.num) to \(target)")
        }
    }

    /// `latest.dump`, or the next name that nothing has.
    private static func file(_ wanted: String?) throws(Failure) -> String {
        if let wanted {
            if wanted == "-" { return "/dev/stdout" }
            guard !FileTree.isFolder(wanted) else { throw Failure("\(wanted) is a folder.") }
            return wanted
        }
        var (name, number) = ("latest.dump", 0)
        while FileTree.exists(name) {
            number += 1
            name = "latest.dump.\(number)"
        }
        return name
    }

    static let pgBackupsDelete = Command(
        "pg:backups:delete", abstract: "delete a backup", flags: [.app, .remote, .confirm],
        operands: [.required("BACKUP_ID", "ID of the backup")],
        examples: ["paas pg:backups:delete b101 --confirm my-app"]
    ) { invocation in
        let terminal = invocation.terminal
        let (platform, app) = try await invocation.target()
        let backup = try await BackupChoice.transfer(invocation.operands[0], of: app, on: platform)
        try terminal.confirmDestruction(of: app.name, confirmation: invocation[.confirm])
        let name = terminal.errors.styled(backup.name, .cyan)
        try await terminal.action("Deleting backup \(name) on \(terminal.appName(app.name))") { _ in
            try await platform.deleteTransfer(backup.uuid, of: app.id)
        }
    }

    static let pgBackupsCancel = Command(
        "pg:backups:cancel", abstract: "cancel an in-progress backup or restore (default newest)",
        flags: [.app, .remote], operands: [.optional("BACKUP_ID", "ID of the backup; the newest without it")],
        examples: ["paas pg:backups:cancel"]
    ) { invocation in
        let terminal = invocation.terminal
        let (platform, app) = try await invocation.target()
        let running = try await platform.transfers(of: app.id).filter { $0.finishedAt == nil }
        let chosen =
            if let name = invocation.operands.first {
                try await BackupChoice.transfer(name, of: app, on: platform)
            } else { running.first }
        guard let chosen else { throw Failure("No active backups/transfers") }
        try await terminal.action("Cancelling \(terminal.errors.styled(chosen.name, .cyan))") { _ in
            try await platform.cancelTransfer(chosen.uuid, of: app.id)
        }
    }
}
