/// What a dyno is doing, in the words of the API and the log. Source: heroku-platform.md §2.1.
package enum DynoState: String, Sendable {
    case starting
    case up
    case crashed
    /// Stopped by hand, or scaled away.
    case down
    /// A one-off that has finished.
    case complete
}
