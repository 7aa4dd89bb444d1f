/// Heroku's rules about memory, and how often to look. Source: heroku-platform.md §2.1 and §4.
///
/// Above its quota a dyno runs on, and the log says so each 20 seconds; at twice the quota it is stopped.
struct MemoryWatch {
    let quota: UInt64
    /// How long nothing may be looked at; a dyno at rest is looked at that often.
    let longestInterval: UInt64
    private(set) var nextLook: UInt64
    private var interval = Self.shortestInterval
    private var lastUsage: UInt64 = 0
    private var nextWarning: UInt64 = 0
    private var isOver = false

    static let shortestInterval: UInt64 = 100_000_000
    static let warningInterval: UInt64 = 20_000_000_000
    /// A change that is worth a closer look.
    private static let step: UInt64 = 4 << 20

    /// - Parameter longestInterval: nanoseconds.
    init(quota: UInt64, longestInterval: UInt64, now: UInt64) {
        self.quota = quota
        self.longestInterval = longestInterval
        nextLook = now + Self.shortestInterval
    }

    /// - Parameters:
    ///   - usage: bytes in use.
    ///   - hasRunOut: the kernel has ended a process of the dyno, since the dyno would have passed its limit.
    mutating func look(usage: UInt64, hasRunOut: Bool, now: UInt64) -> [LimitFinding] {
        let hasChanged = usage > lastUsage + Self.step
        lastUsage = usage
        interval = hasChanged ? Self.shortestInterval : min(interval * 2, longestInterval)
        nextLook = now + interval
        guard !isOver else { return [] }
        if hasRunOut || usage >= quota * 2 {
            isOver = true
            return [
                .say(line(hasRunOut ? max(usage, quota * 2) : usage)), .say("Error R15 (Memory quota vastly exceeded)"),
                .say("Stopping process with SIGKILL"), .kill,
            ]
        }
        guard usage > quota, now >= nextWarning else { return [] }
        nextWarning = now + Self.warningInterval
        return [.say(line(usage)), .say("Error R14 (Memory quota exceeded)")]
    }

    /// `Process running mem=516M(100.9%)`
    private func line(_ usage: UInt64) -> String {
        let tenths = quota == 0 ? 0 : usage * 1000 / quota
        return "Process running mem=\(usage >> 20)M(\(tenths / 10).\(tenths % 10)%)"
    }
}
