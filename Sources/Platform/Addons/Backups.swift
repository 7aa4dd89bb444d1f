internal import Addons
package import Model
internal import Store

/// Backups of databases: each is a file of `pg_dump`'s own format that `pg_restore` reads.
extension Platform {
    /// Newest first.
    package func transfers(of app: App) async throws -> [Transfer] {
        try await machines.store.read { try $0.transfers(of: app.id) }
    }

    /// - Parameter text: an id, a number, or a name: `b001`.
    package func transfer(_ text: String, of app: App) async throws -> Transfer {
        let all = try await transfers(of: app)
        let found = all.first { "\($0.id)" == text || "\($0.number)" == text || $0.name == text.lowercased() }
        guard let found else { throw AddonError.noSuchBackup(text) }
        return found
    }

    package func transfer(_ id: TransferID) async throws -> Transfer {
        guard let found = try await machines.store.read({ try $0.transfer(id) }) else {
            throw AddonError.noSuchBackup("\(id)")
        }
        return found
    }

    /// Begins a backup; it goes on by itself, whoever waits for it or not.
    package func captureBackup(of addon: Addon) async throws -> Transfer {
        _ = try postgres(of: addon)
        let transfer = try await begin(.backup, from: try await databaseName(addon), to: "BACKUP", of: addon)
        try await capture(transfer, of: addon)
        return transfer
    }

    /// - Parameter after: what is to be done when it is over, however it ended.
    func capture(
        _ transfer: Transfer, of addon: Addon, after: @escaping @Sendable () async -> Void = {}
    ) async throws {
        let postgres = try postgres(of: addon)
        let file = backupFile(transfer)
        work(transfer, after: after) { try await postgres.dump(addon, into: file, label: "\(transfer.id)") }
    }

    /// Begins to replace what is in a database by what is in a backup.
    package func restore(_ backup: Transfer, into addon: Addon) async throws -> Transfer {
        let postgres = try postgres(of: addon)
        guard backup.kind == .backup, backup.hasSucceeded else { throw AddonError.noSuchBackup(backup.name) }
        let transfer = try await begin(.restore, from: backup.name, to: try await databaseName(addon), of: addon)
        let file = backupFile(backup)
        work(transfer, replacing: addon) { try await postgres.restore(file, into: $0, label: "\(transfer.id)") }
        return transfer
    }

    /// Begins to replace what is in `target` by what is in `source`.
    package func copyDatabase(_ source: Addon, to target: Addon) async throws -> Transfer {
        let postgres = try postgres(of: source)
        _ = try self.postgres(of: target)
        let names = (try await databaseName(source), try await databaseName(target))
        let transfer = try await begin(.copy, from: names.0, to: names.1, of: target)
        work(transfer, replacing: target) { try await postgres.copy(source, to: $0, label: "\(transfer.id)") }
        return transfer
    }

    /// Ends a transfer that is under way.
    package func cancel(_ transfer: Transfer) async throws -> Transfer {
        guard transfer.finishedAt == nil else { throw AddonError.transferIsOver(transfer.name) }
        var canceled = transfer
        canceled.canceledAt = machines.time.now()
        let marked = canceled
        try await machines.store.write { try $0.update(marked) }
        try await machines.addons.postgres?.endWork(labelled: "\(transfer.id)")
        return canceled
    }

    /// Removes a backup with its file, or the memory of another transfer.
    package func delete(_ transfer: Transfer) async throws {
        guard transfer.finishedAt != nil else { throw AddonError.transferRuns(transfer.name) }
        let (files, file) = (machines.files, backupFile(transfer))
        try await machines.store.write { try $0.remove(transfer.id) }
        try await machines.blocking { try files.remove(file) }
    }

    /// Hands a backup's file over, piece by piece.
    package func read(_ backup: Transfer, each: ([UInt8]) async throws -> Void) async throws {
        guard backup.kind == .backup, backup.hasSucceeded, let postgres = machines.addons.postgres else {
            throw AddonError.noSuchBackup(backup.name)
        }
        try await postgres.read(backupFile(backup), each: each)
    }

    // MARK: How they run

    /// - Parameter schedule: the one that asks for it, and when it asks next.
    func begin(
        _ kind: Transfer.Kind, from source: String, to target: String, of addon: Addon,
        by schedule: (BackupSchedule, next: Timestamp)? = nil
    ) async throws -> Transfer {
        let now = machines.time.now()
        return try await machines.store.write { transaction in
            let transfer = Transfer(
                app: addon.app, number: try transaction.nextTransferNumber(of: addon.app), kind: kind,
                isScheduled: schedule != nil, source: source, target: target, createdAt: now)
            try transaction.insert(transfer)
            if let (schedule, next) = schedule { try transaction.setNextRun(next, of: schedule.id) }
            return transfer
        }
    }

    /// What replaces a database waits for what does so already, and finds it as it is then.
    private func work(
        _ transfer: Transfer, replacing addon: Addon, _ body: @escaping @Sendable (Addon) async throws -> Void
    ) {
        work(transfer) { [self] in
            try await contentTurns.take(addon.id) {
                guard try await self.transfer(transfer.id).canceledAt == nil else { return }
                try await body(try await living(addon))
            }
        }
    }

    private func work(
        _ transfer: Transfer, after: @escaping @Sendable () async -> Void = {},
        _ body: @escaping @Sendable () async throws -> Void
    ) {
        reconciler.later { [self] in
            var trouble = ""
            do { try await body() } catch {
                trouble = (error as? any Explained)?.explanation.sentence ?? "\(error)"
            }
            await finish(transfer, trouble: trouble)
            await after()
        }
    }

    func finish(_ transfer: Transfer, trouble: String) async {
        guard var ended = try? await self.transfer(transfer.id) else { return }  // Its app is gone.
        ended.finishedAt = machines.time.now()
        ended.hasSucceeded = trouble.isEmpty && ended.canceledAt == nil
        ended.trouble = ended.canceledAt == nil ? trouble : "It was canceled."
        let (files, file) = (machines.files, backupFile(transfer))
        if transfer.kind == .backup {
            if ended.hasSucceeded {
                ended.bytes = (try? await machines.blocking { try files.size(file) }) ?? 0
            } else {
                // A part of a backup is none.
                try? await machines.blocking { try files.remove(file) }
            }
        }
        let result = ended
        // Without its end in the books it is failed at the next start.
        try? await machines.store.write { try $0.update(result) }
    }

    /// After a start: what an earlier daemon was at when it died has failed, and leaves no file.
    func failUnfinishedTransfers() async throws {
        for transfer in try await machines.store.read({ try $0.unfinishedTransfers() }) {
            await finish(transfer, trouble: "paas was stopped meanwhile.")
        }
    }

    /// What the database is called in lists: what it is attached as in its own app.
    func databaseName(_ addon: Addon) async throws -> String {
        let own = try await attachments(of: addon).filter { $0.app == addon.app }
        return (own.first { $0.name == "DATABASE" } ?? own.first)?.name ?? addon.name
    }

    func backupFolder(of app: AppID) -> String { "\(settings.home)/addons/backups/\(app)" }
    private func backupFile(_ transfer: Transfer) -> String {
        "\(backupFolder(of: transfer.app))/\(transfer.id).dump"
    }
}
