internal import APISchema
internal import HTTP
internal import Model
internal import Platform

extension APIServer {
    /// Backups, restores and copies, as Heroku serves them at its data host. Source: platform-api.md §3.
    static let transferRoutes: [Route] = [
        Route("GET", "client/v11/apps/:app/transfers") { call in
            let all = try await call.platform.transfers(of: try await call.app())
            return try .ok(all.map { TransferResource($0) })
        },
        Route("GET", "client/v11/apps/:app/transfers/:transfer") { call in
            try .ok(TransferResource(try await call.transfer()))
        },
        Route("DELETE", "client/v11/apps/:app/transfers/:transfer") { call in
            let transfer = try await call.transfer()
            try await call.platform.delete(transfer)
            return try .ok(TransferResource(transfer))
        },
        Route("POST", "client/v11/apps/:app/transfers/:transfer/actions/cancel") { call in
            let canceled = try await call.platform.cancel(try await call.transfer())
            return try .ok(CanceledTransfer(canceledAt: canceled.canceledAt?.iso8601 ?? ""))
        },
        Route("POST", "client/v11/apps/:app/transfers/:transfer/actions/public-url") { call in
            let transfer = try await call.transfer()
            let links = try await Links.atPlatform(call.platform)
            return try .ok(
                PublicURL(
                    url: links.url("backups/\(transfer.id)"),
                    // It holds as long as the backup and the account's token do.
                    expiresAt: call.platform.now().adding(.seconds(3600)).iso8601))
        },
        Route("POST", "client/v11/databases/:addon/backups") { call in
            let addon = try await call.addon(in: nil)
            return try .ok(TransferResource(try await call.platform.captureBackup(of: addon)), status: 201)
        },
        Route("POST", "client/v11/databases/:addon/restores") { call in
            let body = try call.body(RestoreCreate.self)
            let addon = try await call.addon(in: nil)
            // A URL of a backup ends with its id.
            let name = body.backupURL.split(separator: "?").first?.split(separator: "/").last.map(String.init) ?? ""
            guard let id = TransferID(name) else { throw AddonError.noSuchBackup(body.backupURL) }
            let backup = try await call.platform.transfer(id)
            return try .ok(TransferResource(try await call.platform.restore(backup, into: addon)), status: 201)
        },
        Route("POST", "client/v11/databases/:addon/transfers") { call in
            let body = try call.body(TransferCreate.self)
            let source = try await call.platform.addon(body.fromName, in: nil)
            let target = try await call.addon(in: nil)
            return try .ok(TransferResource(try await call.platform.copyDatabase(source, to: target)), status: 201)
        },
        Route("GET", "paas/v1/backups/:transfer") { call in
            guard let id = TransferID(call.parameter("transfer")) else {
                throw AddonError.noSuchBackup(call.parameter("transfer"))
            }
            let backup = try await call.platform.transfer(id)
            guard backup.kind == .backup, backup.hasSucceeded else { throw AddonError.noSuchBackup(backup.name) }
            let writer = try await call.stream("application/octet-stream")
            try await call.platform.read(backup) { try await writer.write($0) }
            try await writer.finish()
            return .answered
        },
    ]
}

extension Call {
    fileprivate func transfer() async throws -> Transfer {
        try await platform.transfer(parameter("transfer"), of: try await app())
    }
}

extension TransferResource {
    fileprivate init(_ transfer: Transfer) {
        let logs =
            transfer.trouble.isEmpty
            ? []
            : [
                LogLine(
                    createdAt: (transfer.finishedAt ?? transfer.createdAt).iso8601, level: "error",
                    message: transfer.trouble)
            ]
        self.init(
            uuid: "\(transfer.id)", num: transfer.number,
            from: (transfer.source, transfer.kind == .restore ? "gof3r" : "pg_dump"),
            to: (transfer.target, transfer.kind == .backup ? "gof3r" : "pg_restore"), bytes: transfer.bytes,
            succeeded: transfer.finishedAt == nil ? nil : transfer.hasSucceeded,
            createdAt: transfer.createdAt.iso8601, finishedAt: transfer.finishedAt?.iso8601,
            canceledAt: transfer.canceledAt?.iso8601,
            schedule: transfer.isScheduled ? Schedule(uuid: "\(transfer.id)") : nil, logs: logs)
    }
}
