package import Model
internal import Store

extension Platform {
    /// Lets the app sleep after another time without a request.
    ///
    /// - Throws: ``PlatformError/badSleepTime(_:)`` unless it is 1 second to 24 hours.
    package func setSleepTime(_ time: Duration, of app: App) async throws -> App {
        guard (Duration.seconds(1)...(.seconds(86_400))).contains(time) else {
            throw PlatformError.badSleepTime("\(time.components.seconds)s")
        }
        return try await change(app, "sleep") { _, app in app.sleepAfter = time }
    }

    /// Whether the app sleeps now; `nil` when it never does.
    package func isAsleep(_ app: App) async -> Bool? { await reconciler.isAsleep(app.id) }

    /// The account's pool of Eco dyno-hours.
    package func dynoHours() async -> DynoHours { await reconciler.usedHours() }

    /// What the books say of this month, and up to when it was counted.
    func countedHours() async throws -> ([AppID: Duration], Timestamp) {
        let now = machines.time.now()
        return try await machines.store.read { transaction in
            let text = try transaction.setting(Reconciler.hoursKey)
            let countedUntil = text.flatMap { Int64($0) }.map { Timestamp(microseconds: $0) } ?? now
            return (try transaction.dynoHours(in: DynoHours.month(of: now)), countedUntil)
        }
    }
}
