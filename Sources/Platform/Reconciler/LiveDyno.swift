internal import Dyno
internal import Model

/// One incarnation of a dyno as the reconciler knows it.
struct LiveDyno {
    /// Why it is there. The dyno's tag `role` says it too, for a daemon that comes later.
    enum Role: String {
        /// Part of what the app runs.
        case formation
        /// Started by a change that has not won yet.
        case incoming
        /// On its way out.
        case leaving
        /// `run`, a release command: ends by itself.
        case oneOff
        case build
    }

    let id: DynoID
    let name: DynoName
    let command: String
    let size: DynoSize
    let releaseVersion: Int
    var role: Role
    var state: DynoState = .starting
    var since: Timestamp
    var handle: DynoHandle?
    var endpoint: Endpoint?
    var policy: RestartPolicy
    /// Takes requests, and so is up only when it listens.
    let wantsPort: Bool
    /// Found running by a new daemon: its way to `up` has been logged before.
    var isAdopted = false
    /// Somebody will ask how it ended, perhaps after it has.
    var isAwaited = false
    /// Its output belongs to the client that attaches, and is not logged: it may well show config vars.
    var isAttached = false
    /// Clients that are attached now.
    var clients = 0
    /// A client has had all of its output and how it ended.
    var isServed = false
    /// Its client has gone, and it was told so.
    var isHungUp = false
    /// Why it failed, when the reconciler itself ended it.
    var verdict: String?
    /// When its daily restart was tried last; `nil` when it has not been.
    var cycledAt: Timestamp?
    /// The last lines of output, for the message of a failed boot and to find its reason.
    var lastLines: [String] = []
    /// What its shim has last remarked: `listens on 3000, not on $PORT (20117)`.
    var remark: String?
    /// Who has its port, in words.
    var portThief: String?
    /// Started because another one could not have its port.
    var isSecondTry = false
    /// The run of a scheduler's job that it is.
    var scheduledRun: ScheduledRunID?
    /// What it was started as; `nil` for one that an earlier daemon started.
    var spec: DynoSpec?
    /// What its release's buildpack calls the app.
    var buildpackName = ""
    /// What it had written when it ended.
    var lost: LostFiles?
    /// Also gets each line of output; for builds and release commands.
    var tap: (@Sendable ([UInt8]) async -> Void)?

    /// How many lines are kept; a stack trace has a few dozen.
    static let keptLines = 60
    /// How many of them a push shows.
    static let shownLines = 10
}
