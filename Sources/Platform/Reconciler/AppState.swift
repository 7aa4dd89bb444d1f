internal import Model

/// Everything about one app that the reconciler keeps in mind.
struct AppState {
    enum Wakefulness: Equatable {
        case awake
        /// The door is closed, to see whether somebody has slipped in; the dynos still run.
        case dozing
        case asleep(since: Timestamp)
    }

    var app: App
    /// Host names of its own, beside `NAME.localhost`.
    var domains: Set<HostName> = []
    /// The config vars of an app to which nothing has been deployed.
    var earlyConfig = ConfigVars()
    var wakefulness = Wakefulness.awake
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
            dyno.role == .formation && ![.down, .idle].contains(dyno.state)
                && dyno.size != formation[dyno.name.type]?.size
        }
        return Set(outgrown.map(\.name))
    }

    /// Whether it falls asleep when nobody asks for it: an app that has only workers never does.
    var isSleepy: Bool {
        guard let web = formation[.web], web.quantity > 0 else { return false }
        return blueprint?.slug.processTypes[.web] != nil && sleeps(web)
    }

    /// Whether dynos of that type sleep when the app does. Source: heroku-platform.md §4, "Eco sleeping".
    func sleeps(_ entry: FormationEntry) -> Bool { app.has(.sleep) || entry.size == .eco }

    var asleepSince: Timestamp? {
        if case .asleep(let since) = wakefulness { since } else { nil }
    }

    /// The pages that its config vars name; what is no web address is passed over. Source: heroku-platform.md §11.4.
    var pages: RoutingTable.Pages {
        let config = blueprint?.release.config ?? earlyConfig
        func page(_ name: String) -> String? {
            guard let url = config[name], url.utf8.count <= 2048, url.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
            else { return nil }
            let scheme = url.prefix { $0 != ":" }.lowercased()
            return ["http", "https"].contains(scheme) && url.dropFirst(scheme.count).hasPrefix("://") ? url : nil
        }
        return RoutingTable.Pages(error: page("ERROR_PAGE_URL"), maintenance: page("MAINTENANCE_PAGE_URL"))
    }

    /// What the router is to do with the app's requests.
    ///
    /// - Parameter hoursAreUsedUp: no Eco dyno may run this month.
    func route(hoursAreUsedUp: Bool) -> RoutingTable.State {
        if app.maintenance { return .refusing(.maintenanceMode) }
        guard blueprint != nil else { return .refusing(.blankApp) }
        if hoursAreUsedUp, isSleepy, formation[.web]?.size == .eco { return .refusing(.dynoHoursUsedUp) }
        guard wakefulness == .awake else { return .asleep }
        let web = members(of: .web)
        let backends = web.compactMap { dyno -> RoutingTable.Backend? in
            guard dyno.state == .up, let endpoint = dyno.endpoint else { return nil }
            return RoutingTable.Backend(id: dyno.id, name: "\(dyno.name)", endpoint: endpoint)
        }
        if !backends.isEmpty { return .serving(backends) }
        // One that is idle while the app is awake starts this moment.
        if web.contains(where: { [.starting, .idle].contains($0.state) }) { return .starting }
        if web.contains(where: { $0.state == .crashed }) { return .refusing(.appCrashed) }
        // About to be started, as after a power cut: whoever asks meanwhile waits.
        if web.isEmpty, wantedNames.contains(where: { $0.type == .web }) { return .starting }
        return .refusing(.noWebProcesses)
    }
}
