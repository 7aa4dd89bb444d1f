internal import Model
internal import Store

/// The month's Eco dyno-hours. Source: heroku-platform.md §4, "Eco sleeping".
extension Reconciler {
    static let hoursKey = "dyno_hours.counted_until"

    /// How often the hours of dynos that run are written down.
    private static let interval = Duration.seconds(60)

    /// Counts; lays every Eco dyno down when the pool is empty, and lets them run again when a month begins.
    ///
    /// - Returns: how long nothing changes by itself.
    func hoursReview() async -> Duration? {
        let now = machines.time.now()
        let isNewMonth = hours.count(until: now)
        if isNewMonth || (hours.isCounting && now.since(hoursSavedAt) >= Self.interval) { await saveHours() }
        if isNewMonth {
            for app in apps.keys { await apply(app) }
            await publish()
        }
        if hours.isUsedUp {
            for app in apps.keys { await enforceHours(on: app) }
        }
        guard hours.isCounting || hours.isUsedUp else { return nil }
        let turn = hours.nextTurn(from: now)
        return hours.isCounting ? min(turn, Self.interval) : turn
    }

    /// Lays down what may not run; an app whose web dynos are among it sleeps, and a request can wake it next month.
    private func enforceHours(on app: AppID) async {
        guard let state = apps[app] else { return }
        let barred = state.formation.values.filter { $0.size == .eco }.map(\.type)
        let running = barred.flatMap { state.members(of: $0) }.filter { ![.down, .idle].contains($0.state) }
        guard !running.isEmpty else { return }
        if state.isSleepy, barred.contains(.web) {
            let now = machines.time.now()
            apps[app]?.wakefulness = .asleep(since: now)
            later { [self] in await rememberSleep(of: app) }
        }
        await layDown(barred, in: app)
    }

    /// Whether the month's hours keep dynos of that type from running.
    func isBarred(_ type: ProcessType, in state: AppState) -> Bool {
        hours.isUsedUp && state.formation[type]?.size == .eco
    }

    func startCounting(_ dyno: LiveDyno, in app: AppID, since: Timestamp) {
        guard dyno.size == .eco, dyno.role != .build else { return }
        hours.start(dyno.id, of: app, since: since)
        alarm.ring()
    }

    func stopCounting(_ dyno: DynoID) async {
        if hours.end(dyno, at: machines.time.now()) { await saveHours() }
    }

    /// Writes the hours down with the moment up to which they are counted, so that the next daemon goes on from there.
    func saveHours() async {
        let (hours, now) = (hours, machines.time.now())
        hoursSavedAt = now
        // What cannot be written now is written with the next count, which has all of it.
        try? await machines.store.write { transaction in
            for (app, used) in hours.used { try transaction.setDynoHours(of: app, in: hours.month, to: used) }
            try transaction.set(Self.hoursKey, to: "\(now.microseconds)")
        }
    }

    /// What is used of the month, now.
    func usedHours() -> DynoHours {
        hours.count(until: machines.time.now())
        return hours
    }
}
