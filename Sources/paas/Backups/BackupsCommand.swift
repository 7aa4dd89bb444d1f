import APIClient
import APISchema
import Console

extension Command {
    static let pgBackups = Command(
        "pg:backups", abstract: "list database backups", flags: [.app, .remote], examples: ["paas pg:backups"]
    ) { invocation in
        let terminal = invocation.terminal
        let (platform, app) = try await invocation.target()
        let all = try await platform.transfers(of: app.id)
        terminal.header("Backups")
        let backups = all.filter(\.isBackup)
        if backups.isEmpty {
            terminal.print("No backups. Capture one with paas pg:backups:capture")
        } else {
            var table = Table(["ID", "Created at", "Status", "Size", "Database"])
            for backup in backups {
                table.add([
                    backup.name, TransferResource.time(backup.createdAt), backup.status, backup.size, backup.fromName,
                ])
            }
            terminal.table(table)
        }
        terminal.print()
        terminal.header("Restores")
        let restores = all.filter(\.isRestore)
        if restores.isEmpty {
            terminal.print("No restores found. Use paas pg:backups:restore to restore a backup")
        } else {
            var table = Table(["ID", "Started at", "Status", "Backup", "Database"])
            for restore in restores {
                table.add([
                    restore.name, TransferResource.time(restore.createdAt), restore.status, restore.fromName,
                    restore.toName,
                ])
            }
            terminal.table(table)
        }
        terminal.print()
        terminal.header("Copies")
        let copies = all.filter(\.isCopy)
        guard !copies.isEmpty else {
            return terminal.print("No copies found. Use paas pg:copy to copy a database to another")
        }
        var table = Table(["ID", "Started at", "Status", "From", "To"])
        for copy in copies {
            table.add([
                copy.name, TransferResource.time(copy.createdAt), copy.status, copy.fromName, copy.toName,
            ])
        }
        terminal.table(table)
    }

    static let pgBackupsInfo = Command(
        "pg:backups:info", abstract: "get information about a specific backup", flags: [.app, .remote],
        operands: [.optional("BACKUP_ID", "ID of the backup; the last transfer without it")],
        examples: ["paas pg:backups:info b001"]
    ) { invocation in
        let terminal = invocation.terminal
        let (platform, app) = try await invocation.target()
        let transfer = try await BackupChoice.transfer(invocation.operands.first, of: app, on: platform)
        terminal.header("Backup \(transfer.name)")
        terminal.object([
            ("Database", [transfer.isRestore ? transfer.toName : transfer.fromName]),
            ("Started at", [TransferResource.time(transfer.createdAt)]),
            ("Finished at", transfer.finishedAt.map { [TransferResource.time($0)] } ?? []),
            ("Status", [transfer.status]), ("Type", [transfer.schedule == nil ? "Manual" : "Scheduled"]),
            ("Backup Size", transfer.isBackup ? [transfer.size] : []),
        ])
        guard !transfer.logs.isEmpty else { return }
        terminal.print()
        terminal.header("Backup Logs")
        for line in transfer.logs { terminal.print("\(TransferResource.time(line.createdAt)) \(line.message)") }
    }
}

/// Which transfer a command means.
enum BackupChoice {
    static func transfer(
        _ name: String?, of app: AppResource, on platform: PlatformClient
    ) async throws -> TransferResource {
        if let name { return try await platform.transfer(name, of: app.id) }
        guard let newest = try await platform.transfers(of: app.id).first else {
            throw Failure("No backups. Capture one with paas pg:backups:capture")
        }
        return newest
    }

    /// A backup that is whole; the newest one without a name.
    static func backup(
        _ name: String?, of app: AppResource, on platform: PlatformClient
    ) async throws -> TransferResource {
        if let name {
            let found = try await platform.transfer(name, of: app.id)
            guard found.isBackup, found.succeeded == true else {
                throw Failure("\(found.name) is no backup that has been completed.", mend: ["paas pg:backups"])
            }
            return found
        }
        let all = try await platform.transfers(of: app.id)
        guard let newest = all.first(where: { $0.isBackup && $0.succeeded == true }) else {
            throw Failure("No backups. Capture one with paas pg:backups:capture")
        }
        return newest
    }
}
