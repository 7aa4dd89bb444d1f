/// Exit codes by which a daemon tells the command that started it why it is not there.
package enum DaemonExit {
    /// Another daemon has the home, or had it a moment ago. Source: sysexits(3), EX_TEMPFAIL.
    package static let homeIsTaken: Int32 = 75
}
