/// The month's pool of Eco dyno-hours, which all apps share. Source: heroku-platform.md §4, "Eco sleeping".
///
/// It counts every moment of every Eco dyno once, whoever asks when, and starts anew on the 1st (UTC).
package struct DynoHours: Sendable, Equatable {
    private struct Running: Equatable {
        let app: AppID
        /// Up to where it has been counted.
        var countedUntil: Timestamp
    }

    package let quota: Duration
    /// `2026-01`.
    package private(set) var month: String
    /// Of this month, by app.
    package private(set) var used: [AppID: Duration]
    /// The Eco dynos that run.
    private var running: [DynoID: Running] = [:]

    /// - Parameter used: what has been counted of the month before.
    package init(quota: Duration, now: Timestamp, used: [AppID: Duration] = [:]) {
        self.quota = quota
        month = Self.month(of: now)
        self.used = used
    }

    package var total: Duration { used.values.reduce(.zero, +) }
    package var isUsedUp: Bool { total >= quota }
    package var isCounting: Bool { !running.isEmpty }

    /// - Parameter since: when it started, or up to where an earlier daemon has counted it.
    package mutating func start(_ dyno: DynoID, of app: AppID, since: Timestamp) {
        running[dyno] = Running(app: app, countedUntil: since)
    }

    /// - Returns: whether it was counted until now.
    package mutating func end(_ dyno: DynoID, at now: Timestamp) -> Bool {
        guard running[dyno] != nil else { return false }
        count(until: now)
        running[dyno] = nil
        return true
    }

    /// Brings the books up to `now`.
    ///
    /// - Returns: whether another month has begun, so that the pool is full again.
    @discardableResult
    package mutating func count(until now: Timestamp) -> Bool {
        let isNewMonth = Self.month(of: now) > month
        if isNewMonth {
            month = Self.month(of: now)
            used = [:]
        }
        let begin = Self.start(of: month)
        for (id, dyno) in running {
            let from = max(dyno.countedUntil, begin)
            // A clock that was set back counts nothing twice.
            guard now > from else { continue }
            used[dyno.app, default: .zero] += now.since(from)
            running[id]?.countedUntil = now
        }
        return isNewMonth
    }

    /// How long it can go on like this: until the pool is empty, or the month is over.
    package func nextTurn(from now: Timestamp) -> Duration {
        let rest = Self.start(of: Self.month(after: month)).since(now)
        guard isCounting, !isUsedUp else { return rest }
        return min(rest, (quota - total) / running.count)
    }

    package static func month(of time: Timestamp) -> String { String(time.iso8601.prefix(7)) }

    private static func start(of month: String) -> Timestamp {
        // A month of our own making can be read.
        Timestamp(iso8601: "\(month)-01T00:00:00Z") ?? Timestamp(microseconds: 0)
    }

    /// 31 days after its first, every month is over, and the next one is not.
    private static func month(after month: String) -> String {
        Self.month(of: start(of: month).adding(.seconds(31 * 86_400)))
    }
}
