/// Data of a database on its way. Source: platform-api.md §3.
package struct TransferResource: Codable, Sendable, Equatable {
    package struct LogLine: Codable, Sendable, Equatable {
        package var createdAt: String
        package var level: String
        package var message: String

        package init(createdAt: String, level: String, message: String) {
            self.createdAt = createdAt
            self.level = level
            self.message = message
        }

        private enum CodingKeys: String, CodingKey {
            case level, message
            case createdAt = "created_at"
        }
    }

    package struct Options: Codable, Sendable, Equatable {
        package init() {}
    }

    package struct Schedule: Codable, Sendable, Equatable {
        package var uuid: String

        package init(uuid: String) { self.uuid = uuid }
    }

    package var uuid: String
    package var num: Int
    package var fromName: String
    /// `pg_dump`, or `gof3r` for a backup's file.
    package var fromType: String
    package var toName: String
    /// `pg_restore`, or `gof3r` for a backup's file.
    package var toType: String
    package var sourceBytes: Int64
    package var processedBytes: Int64
    @Nullable package var succeeded: Bool?
    package var warnings: Int
    package var createdAt: String
    @Nullable package var startedAt: String?
    @Nullable package var finishedAt: String?
    @Nullable package var canceledAt: String?
    package var updatedAt: String
    package var options: Options
    @Nullable package var schedule: Schedule?
    package var logs: [LogLine]

    package init(
        uuid: String, num: Int, from: (name: String, type: String), to: (name: String, type: String), bytes: Int64,
        succeeded: Bool?, createdAt: String, finishedAt: String?, canceledAt: String?, schedule: Schedule?,
        logs: [LogLine]
    ) {
        self.uuid = uuid
        self.num = num
        (fromName, fromType) = from
        (toName, toType) = to
        sourceBytes = bytes
        processedBytes = bytes
        warnings = 0
        self.createdAt = createdAt
        updatedAt = finishedAt ?? createdAt
        options = Options()
        self.logs = logs
        self.succeeded = succeeded
        startedAt = createdAt
        self.finishedAt = finishedAt
        self.canceledAt = canceledAt
        self.schedule = schedule
    }

    private enum CodingKeys: String, CodingKey {
        case uuid, num, succeeded, warnings, options, schedule, logs
        case fromName = "from_name"
        case fromType = "from_type"
        case toName = "to_name"
        case toType = "to_type"
        case sourceBytes = "source_bytes"
        case processedBytes = "processed_bytes"
        case createdAt = "created_at"
        case startedAt = "started_at"
        case finishedAt = "finished_at"
        case canceledAt = "canceled_at"
        case updatedAt = "updated_at"
    }
}

/// Where a backup can be fetched from. Source: platform-api.md §3.
package struct PublicURL: Codable, Sendable, Equatable {
    package var url: String
    package var expiresAt: String

    package init(url: String, expiresAt: String) {
        self.url = url
        self.expiresAt = expiresAt
    }

    private enum CodingKeys: String, CodingKey {
        case url
        case expiresAt = "expires_at"
    }
}

/// Body of `POST /client/v11/databases/{database}/restores`.
package struct RestoreCreate: Codable, Sendable, Equatable {
    /// The URL of a backup, or its id.
    package var backupURL: String

    package init(backupURL: String) { self.backupURL = backupURL }

    private enum CodingKeys: String, CodingKey {
        case backupURL = "backup_url"
    }
}

/// Answer to the cancelling of a transfer.
package struct CanceledTransfer: Codable, Sendable, Equatable {
    package var canceledAt: String

    package init(canceledAt: String) { self.canceledAt = canceledAt }

    private enum CodingKeys: String, CodingKey {
        case canceledAt = "canceled_at"
    }
}
