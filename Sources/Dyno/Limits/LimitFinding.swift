/// What follows from a look at what a dyno uses.
enum LimitFinding: Equatable {
    /// A line of the dyno manager in the app's log.
    case say(String)
    /// SIGKILL, after what was said.
    case kill
}
