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
    /// The last few lines of output, for the message of a failed boot.
    var lastLines: [String] = []
    /// Also gets each line of output; for builds and release commands.
    var tap: (@Sendable ([UInt8]) async -> Void)?

    static let keptLines = 10
}

/// Everything about one app that the reconciler keeps in mind.
struct AppState {
    var app: App
    /// `nil` until something is deployed.
    var blueprint: Blueprint?
    var formation: [ProcessType: FormationEntry] = [:]
    var dynos: [DynoID: LiveDyno] = [:]

    func formationDyno(_ name: DynoName) -> LiveDyno? {
        dynos.values.first { $0.name == name && $0.role == .formation }
    }

    /// The dynos of one type that are part of what the app runs, by number.
    func members(of type: ProcessType) -> [LiveDyno] {
        dynos.values.filter { $0.name.type == type && $0.role == .formation }.sorted { $0.name < $1.name }
    }

    /// The names that should run: as the formation says, for types that the slug has.
    var wantedNames: [DynoName] {
        guard let blueprint else { return [] }
        return formation.values.sorted { $0.type < $1.type }.flatMap { entry -> [DynoName] in
            guard entry.quantity > 0, blueprint.slug.processTypes[entry.type] != nil else { return [] }
            return (1...entry.quantity).map { DynoName(entry.type, $0) }
        }
    }

    /// The names whose dynos run at another size than they should; what was stopped by hand stays down.
    var outgrownNames: Set<DynoName> {
        let outgrown = dynos.values.filter { dyno in
            dyno.role == .formation && dyno.state != .down && dyno.size != formation[dyno.name.type]?.size
        }
        return Set(outgrown.map(\.name))
    }

    /// What the router is to do with the app's requests.
    var route: RoutingTable.State {
        if app.maintenance { return .refusing(.maintenanceMode) }
        guard blueprint != nil else { return .refusing(.blankApp) }
        let web = members(of: .web)
        let backends = web.compactMap { dyno -> RoutingTable.Backend? in
            guard dyno.state == .up, let endpoint = dyno.endpoint else { return nil }
            return RoutingTable.Backend(id: dyno.id, name: "\(dyno.name)", endpoint: endpoint)
        }
        if !backends.isEmpty { return .serving(backends) }
        if web.contains(where: { $0.state == .starting }) { return .starting }
        if web.contains(where: { $0.state == .crashed }) { return .refusing(.appCrashed) }
        // About to be started, as after a power cut: whoever asks meanwhile waits.
        if web.isEmpty, wantedNames.contains(where: { $0.type == .web }) { return .starting }
        return .refusing(.noWebProcesses)
    }
}
