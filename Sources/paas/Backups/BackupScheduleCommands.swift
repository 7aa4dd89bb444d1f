import APIClient
import APISchema
import Console

extension Command {
    static let pgBackupsSchedule = Command(
        "pg:backups:schedule", abstract: "schedule daily backups for given database",
        discussion:
            "The last 7 of a database are kept. Where the machine slept or the platform was down, one is taken as soon "
            + "as it is up again.",
        flags: [.app, .remote, .at], operands: [.database],
        examples: ["paas pg:backups:schedule DATABASE_URL --at '02:00 America/Los_Angeles'"]
    ) { invocation in
        let terminal = invocation.terminal
        guard let text = invocation[.at] else {
            throw Failure.usage("Missing required flag at")
        }
        guard let at = BackupTime(text) else {
            throw Failure(
                "Invalid schedule format: expected --at '[HOUR]:00 [TIMEZONE]'",
                mend: ["paas pg:backups:schedule --at '02:00 UTC'"])
        }
        let database = try await DatabaseChoice(invocation.operands.first, invocation)
        let addon = database.attachment.addon
        let name = terminal.errors.styled(addon.name, .yellow)
        let zone = at.zone.isEmpty ? "UTC" : at.zone
        try await terminal.action("Scheduling automatic daily backups of \(name) at \(at.hour):00 \(zone)") { _ in
            _ = try await database.platform.scheduleBackups(
                of: addon.id,
                BackupScheduleCreate(
                    hour: at.hour, timezone: at.zone, scheduleName: "\(database.attachment.name)_URL"))
        }
    }

    static let pgBackupsSchedules = Command(
        "pg:backups:schedules", abstract: "list backup schedule", flags: [.app, .remote],
        examples: ["paas pg:backups:schedules"]
    ) { invocation in
        let terminal = invocation.terminal
        let (platform, app) = try await invocation.target()
        let (_, schedules) = try await schedules(of: app, on: platform)
        guard !schedules.isEmpty else {
            terminal.warn("No backup schedules found on \(app.name)")
            return terminal.note("Use paas pg:backups:schedule to set one up")
        }
        terminal.header("Backup Schedules")
        for schedule in schedules { terminal.print("\(schedule.name): daily at \(schedule.time)") }
    }

    static let pgBackupsUnschedule = Command(
        "pg:backups:unschedule", abstract: "stop daily backups", flags: [.app, .remote], operands: [.database],
        examples: ["paas pg:backups:unschedule DATABASE_URL"]
    ) { invocation in
        let terminal = invocation.terminal
        let (platform, app) = try await invocation.target()
        let (addon, schedules) = try await schedules(of: app, on: platform)
        let wanted: BackupScheduleResource?
        if let text = invocation.operands.first {
            let database = try await DatabaseChoice(text, invocation)
            let names = ["\(database.attachment.name)_URL", text.uppercased(), "\(text.uppercased())_URL"]
            wanted = schedules.first { names.contains($0.name) }
            guard wanted != nil else { throw Failure("No daily backups found for \(text)") }
        } else {
            guard schedules.count < 2 else {
                throw Failure(
                    "Specify schedule on \(app.name). Existing schedules: "
                        + schedules.map(\.name).joined(separator: ", "))
            }
            wanted = schedules.first
        }
        guard let wanted, let addon else { throw Failure("No schedules on \(app.name)") }
        try await terminal.action("Unscheduling \(wanted.name) daily backups") { _ in
            try await platform.unscheduleBackups(wanted.uuid, of: addon)
        }
    }

    /// The daily backups of an app's own databases, and one of these.
    private static func schedules(
        of app: AppResource, on platform: PlatformClient
    ) async throws -> (addon: String?, [BackupScheduleResource]) {
        let addons = try await platform.addons(of: app.id).filter { $0.addonService.name == "heroku-postgresql" }
        guard let addon = addons.first?.id else {
            throw Failure(
                "\(app.name) has no databases", mend: ["paas addons:create heroku-postgresql -a \(app.name)"])
        }
        return (addon, try await platform.backupSchedules(ofDatabase: addon))
    }
}

extension BackupScheduleResource {
    /// `2:00 America/Los_Angeles`, as Heroku shows it.
    fileprivate var time: String { "\(hour):00 \(timezone)" }
}

extension Flag {
    fileprivate static let at = Flag(
        "at", placeholder: "at", help: "at a specific (24h) hour in the given timezone; UTC without one")
}

/// `02:00 America/Los_Angeles`. Source: `pg:backups:schedule` of Heroku's CLI, which takes full hours alone.
struct BackupTime: Equatable {
    /// As it was typed: `02`.
    let hour: String
    let zone: String

    init?(_ text: String) {
        guard let match = text.wholeMatch(of: /(0?\d|1\d|2[0-3]):00 ?(\S*)/) else { return nil }
        hour = String(match.1)
        zone = String(match.2)
    }
}
