internal import Addons
internal import Logs
package import Model
internal import Store

/// Backups that are taken once a day by themselves.
extension Platform {
    /// Those of all databases of the app, by name.
    package func backupSchedules(of app: AppID) async throws -> [BackupSchedule] {
        try await machines.store.read { try $0.backupSchedules(of: app) }
    }

    /// Has a database backed up every day; in the place of the schedule that it has.
    ///
    /// - Parameters:
    ///   - zone: as the time zone database names it, or an abbreviation that Heroku knows.
    ///   - name: what the database is called in lists: `DATABASE_URL`.
    package func scheduleBackups(
        of addon: Addon, hour: Int, zone: String, name: String
    ) async throws -> BackupSchedule {
        _ = try postgres(of: addon)
        guard (0...23).contains(hour) else { throw BackupScheduleError.badHour(hour) }
        let zone = Self.zones[zone.uppercased()] ?? zone
        let now = machines.time.now()
        let rules = try await rules(of: zone)
        let schedule = BackupSchedule(
            addon: addon.id, app: addon.app, name: name, hour: hour, timeZone: zone,
            nextRun: rules.next(hour: hour, after: now), createdAt: now)
        try await machines.store.write { try $0.put(schedule) }
        // It may be due before all others.
        reconciler.alarm.ring()
        return schedule
    }

    /// - Parameter text: a schedule's id, or its name.
    /// - Throws: ``BackupScheduleError/noSuchSchedule(_:)``
    package func unscheduleBackups(_ text: String, of app: AppID) async throws -> BackupSchedule {
        let all = try await backupSchedules(of: app)
        guard let schedule = all.first(where: { "\($0.id)" == text || $0.name == text }) else {
            throw BackupScheduleError.noSuchSchedule(text)
        }
        try await machines.store.write { try $0.remove(schedule.id) }
        return schedule
    }

    /// What Heroku's CLI takes for them. Source: `pg:backups:schedule`.
    private static let zones = [
        "PST": "America/Los_Angeles", "PDT": "America/Los_Angeles", "MST": "America/Boise", "MDT": "America/Boise",
        "CST": "America/Chicago", "CDT": "America/Chicago", "EST": "America/New_York", "EDT": "America/New_York",
        "Z": "UTC", "GMT": "Europe/London", "BST": "Europe/London", "CET": "Europe/Paris", "CEST": "Europe/Paris",
        "UTC": "UTC", "": "UTC",
    ]

    private func rules(of zone: String) async throws -> TimeZoneRules {
        guard zone != "UTC" else { return .utc }
        let parts = zone.split(separator: "/", omittingEmptySubsequences: false)
        let isName = parts.allSatisfy { part in
            part.first?.isLetter == true && part.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x2E }
        }
        guard isName else { throw BackupScheduleError.noSuchZone(zone) }
        let files = machines.files
        let bytes = try await machines.blocking { files.beginning("/usr/share/zoneinfo/\(zone)", 1 << 16) }
        guard let bytes, let rules = TimeZoneRules(bytes) else { throw BackupScheduleError.noSuchZone(zone) }
        return rules
    }

    // MARK: Time

    /// Begins the backups that are due.
    ///
    /// - Returns: how long none is; `nil` when none ever will be.
    func backupReview() async -> Duration? {
        do {
            for schedule in try await machines.store.read({ [now = machines.time.now()] in try $0.dueBackups(at: now) })
            {
                try await beginDue(schedule)
            }
            return try await machines.store.read { try $0.nextBackup() }?.since(machines.time.now())
        } catch {
            // The books can't be read or written now: what is due stays due.
            return .seconds(30)
        }
    }

    /// However often its time has come while nobody was there, one backup is taken. It and the next time are written down
    /// together: a daemon that dies meanwhile leaves one that has failed, and says so.
    private func beginDue(_ schedule: BackupSchedule) async throws {
        let now = machines.time.now()
        // A zone that has gone from this machine: by UTC rather than never.
        let rules = (try? await rules(of: schedule.timeZone)) ?? .utc
        let next = rules.next(hour: schedule.hour, after: now)
        guard let addon = try await addon(schedule.addon) else { return }
        let transfer = try await begin(
            .backup, from: try await databaseName(addon), to: "BACKUP", of: addon, by: (schedule, next))
        if now.since(schedule.nextRun) > .seconds(60) {
            await sayBackup(
                "The backup of \(schedule.name) was due at \(schedule.nextRun.iso8601); it is taken now",
                in: schedule.app)
        }
        do {
            try await capture(transfer, of: addon) { [self] in
                let ended = try? await self.transfer(transfer.id)
                if let ended, !ended.hasSucceeded {
                    await sayBackup(
                        "The backup \(ended.name) of \(schedule.name) failed: \(ended.trouble)", in: schedule.app)
                }
                // What cannot be removed now is by the next one.
                try? await removeOldBackups(of: transfer)
            }
        } catch {
            await finish(transfer, trouble: "\(error)")
        }
    }

    /// Scheduled backups of a database beyond the newest.
    func removeOldBackups(of latest: Transfer) async throws {
        let old = try await machines.store.read { try $0.transfers(of: latest.app) }.filter {
            $0.isScheduled && $0.source == latest.source && $0.finishedAt != nil
        }
        // A failed one does not count, and goes with those of its time.
        let kept = old.filter(\.hasSucceeded).prefix(Self.keptBackups)
        guard kept.count == Self.keptBackups, let last = kept.last else { return }
        for transfer in old where transfer.number < last.number { try await delete(transfer) }
    }

    /// Source: "Heroku PGBackups", "Scheduled backups retention limits": a week's, on the smallest plans.
    private static let keptBackups = 7

    private func sayBackup(_ text: String, in app: AppID) async {
        let line = LogLine(time: machines.time.now(), source: .heroku, process: "pgbackups", text)
        await machines.logs.append([line], to: app, origin: nil)
        await machines.logs.flush()
    }
}

/// What schedules of backups refuse.
package enum BackupScheduleError: Explained {
    case badHour(Int)
    case noSuchZone(String)
    case noSuchSchedule(String)

    package var explanation: Explanation {
        switch self {
        case .badHour(let hour):
            Explanation(
                "Couldn't schedule backups", because: "There is no \(hour) o'clock.", mend: ["--at '02:00 UTC'"])
        case .noSuchZone(let zone):
            Explanation(
                "Couldn't schedule backups", because: "This machine does not know the time zone \(zone).",
                mend: ["--at '02:00 America/Los_Angeles'", "sudo apt-get install tzdata  # where zones are missing"])
        case .noSuchSchedule(let name):
            Explanation("No daily backups found for \(name)", mend: ["paas pg:backups:schedules"], id: .notFound)
        }
    }
}
