/// What a dyno is doing, in the words of the API and the log. Source: heroku-platform.md §2.1.
package enum DynoState: String, Sendable {
    case starting
    case up
    case crashed
    /// Stopped by hand, or scaled away.
    case down
    /// Asleep: nobody has asked for its app for a while, or the month's dyno-hours are used up.
    case idle
    /// A one-off that has finished.
    case complete

    /// What the log calls it: a dyno that sleeps is `down` there. Source: heroku-cli.md §4.1.
    package var logged: String { self == .idle ? "down" : rawValue }
}
