internal import APISchema
internal import Model
internal import Platform

extension APIServer {
    /// Daily backups, as Heroku serves them at its data host. Source: platform-api.md §3.
    static let backupScheduleRoutes: [Route] = [
        // Those of all databases of the app, whichever is asked.
        Route("GET", "client/v11/databases/:addon/transfer-schedules") { call in
            let addon = try await call.addon(in: nil)
            return try .ok(try await call.platform.backupSchedules(of: addon.app).map { BackupScheduleResource($0) })
        },
        Route("POST", "client/v11/databases/:addon/transfer-schedules") { call in
            let body = try call.body(BackupScheduleCreate.self)
            let addon = try await call.addon(in: nil)
            let schedule = try await call.platform.scheduleBackups(
                of: addon, hour: Int(body.hour) ?? -1, zone: body.timezone ?? "UTC",
                name: body.scheduleName ?? "DATABASE_URL")
            return try .ok(BackupScheduleResource(schedule), status: 201)
        },
        Route("DELETE", "client/v11/databases/:addon/transfer-schedules/:schedule") { call in
            let addon = try await call.addon(in: nil)
            return try .ok(
                BackupScheduleResource(
                    try await call.platform.unscheduleBackups(call.parameter("schedule"), of: addon.app)))
        },
    ]
}

extension BackupScheduleResource {
    fileprivate init(_ schedule: BackupSchedule) {
        self.init(
            uuid: "\(schedule.id)", name: schedule.name, hour: schedule.hour, timezone: schedule.timeZone,
            nextRun: schedule.nextRun.iso8601)
    }
}
