/// A daily backup of a database. Source: platform-api.md §3.
package struct BackupScheduleResource: Codable, Sendable, Equatable {
    package var uuid: String
    /// `DATABASE_URL`
    package var name: String
    package var hour: Int
    package var timezone: String
    package var days: [String]
    package var nextRun: String

    package init(uuid: String, name: String, hour: Int, timezone: String, nextRun: String) {
        self.uuid = uuid
        self.name = name
        self.hour = hour
        self.timezone = timezone
        days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
        self.nextRun = nextRun
    }

    private enum CodingKeys: String, CodingKey {
        case uuid, name, hour, timezone, days
        case nextRun = "next_run"
    }
}

/// Body of `POST /client/v11/databases/{database}/transfer-schedules`.
package struct BackupScheduleCreate: Codable, Sendable, Equatable {
    /// `02`
    package var hour: String
    package var timezone: String?
    package var scheduleName: String?

    package init(hour: String, timezone: String, scheduleName: String) {
        self.hour = hour
        self.timezone = timezone
        self.scheduleName = scheduleName
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        hour = try container.decode(LooseText.self, forKey: .hour).text
        timezone = try container.decodeIfPresent(String.self, forKey: .timezone)
        scheduleName = try container.decodeIfPresent(String.self, forKey: .scheduleName)
    }

    private enum CodingKeys: String, CodingKey {
        case hour, timezone
        case scheduleName = "schedule_name"
    }
}
