/// How long a crashed dyno waits before it is started again.
package struct RestartPolicy: Sendable, Equatable {
    /// Heroku's cool-offs; else short ones that suit a developer's machine.
    package var isExact: Bool
    /// Crashes since it last started correctly.
    package private(set) var crashes = 0

    /// - Parameter exact: wait as long as Heroku does.
    package init(exact: Bool = false) { isExact = exact }

    /// Notes a crash.
    ///
    /// Exact: at once, then a random time up to 20, 40, 60, 180 and from then on 320 minutes. Source: Dev Center
    /// "Dyno Crash Restart Policy". Otherwise: at once, then 1, 2, 4, … seconds, at most 60.
    ///
    /// - Returns: how long to wait.
    package mutating func crashed(using random: inout some RandomNumberGenerator) -> Duration {
        crashes += 1
        guard crashes > 1 else { return .zero }
        guard isExact else { return .seconds(crashes > 7 ? 60 : min(60, 1 << (crashes - 2))) }
        let minutes = [20, 40, 60, 180, 320]
        let longest = minutes[min(crashes - 2, minutes.count - 1)] * 60
        return .seconds(Int.random(in: 0...longest, using: &random))
    }

    /// It started correctly, or somebody restarted, released or scaled it by hand.
    package mutating func started() { crashes = 0 }
}
