package import Model

/// Why a dyno could not be started.
package enum DynoStartFailure: Explained, Equatable {
    /// The shim could not be started or has died at once.
    case shim(program: String, reason: String)
    /// A step of its set-up failed.
    case sandbox(level: SandboxLevel, reason: String)
    case noFreePort(lowest: UInt16, highest: UInt16)
    /// It cannot have a network of its own here.
    case network(NetworkObstacle)
    /// Its app could not be given a user of its own.
    case noUser(reason: String)
    /// Its run folder could not be made.
    case runFolder(reason: String)

    package var explanation: Explanation {
        switch self {
        case .shim(let program, let reason):
            Explanation(
                "Couldn't start a dyno", because: "\(program) did not run: \(reason).", mend: ["paas doctor"],
                id: .unavailable)
        case .sandbox(let level, let reason):
            Explanation(
                "Couldn't start a dyno", because: "Setting it up at level \(level.rawValue) failed: \(reason).",
                mend: ["paas doctor"], id: .unavailable)
        case .noFreePort(let lowest, let highest):
            Explanation(
                "Couldn't start a dyno", because: "Every port from \(lowest) to \(highest) is in use.",
                mend: ["paas ps:scale web=1", "ss -ltnp  # what listens on this machine"], id: .unavailable)
        case .network(let obstacle):
            Explanation(
                "Couldn't give a dyno its own network", because: obstacle.reason, mend: obstacle.mend, id: .unavailable)
        case .noUser(let reason):
            Explanation(
                "Couldn't start a dyno", because: "Its app could not be given a user id of its own: \(reason).",
                mend: ["df -h /var/lib", "ls -ld /var/lib/paas/users  # root has to be able to write there"],
                id: .unavailable)
        case .runFolder(let reason):
            Explanation(
                "Couldn't start a dyno", because: "Its folder could not be made: \(reason).",
                mend: ["df -h", "paas doctor"],
                id: .unavailable)
        }
    }
}
