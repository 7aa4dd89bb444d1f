internal import Logs
package import Model

/// Makes what runs match what is wanted, and tells the router what answers.
///
/// It is the only one that starts and stops dynos. Whoever changes what an app runs holds the app's turn
/// (``Platform/changes``); what dynos do by themselves arrives as events and is answered at once.
package actor Reconciler {
    let machines: Machines
    let settings: Settings
    var apps: [AppID: AppState] = [:]
    /// Tasks waiting to hear whether a dyno came up.
    var bootWaiters: [DynoID: [CheckedContinuation<BootReport, Never>]] = [:]
    /// Tasks waiting for a dyno's end.
    var endWaiters: [DynoID: [CheckedContinuation<Ending, Never>]] = [:]
    /// How dynos ended that somebody may still ask about.
    var endings: [DynoID: Ending] = [:]
    /// What Eco dynos have used of the month.
    var hours: DynoHours
    /// When the hours were written down last.
    var hoursSavedAt: Timestamp
    /// Rings when something has changed that time rules depend on.
    nonisolated let alarm = Alarm()
    /// Dynos that were started in the place of others; see ``retryWithAnotherPort(_:in:)``.
    var successors: [DynoID: DynoID] = [:]
    /// Dynos that the runtime is starting at this moment.
    var launching = 0
    /// What dynos do is not heard any more.
    private(set) var isDeaf = false
    /// Once true, nothing is started any more.
    var isClosing = false
    /// Nothing is told to the router before the dynos of an earlier daemon are known again.
    private(set) var isOpen = false
    private var tableVersion: UInt64

    private let jobs: AsyncStream<@Sendable () async -> Void>
    private let newJob: AsyncStream<@Sendable () async -> Void>.Continuation

    package init(_ machines: Machines, settings: Settings) {
        self.machines = machines
        self.settings = settings
        // A router may live longer than its daemon: each daemon's tables count from the time it started.
        let now = machines.time.now()
        tableVersion = UInt64(now.microseconds)
        hours = DynoHours(quota: settings.ecoHours, now: now)
        hoursSavedAt = now
        (jobs, newJob) = AsyncStream.makeStream()
    }

    /// Owns every task that watches a dyno, a timer or an old dyno's end; the daemon runs it until it stops.
    package func run() async {
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                for await job in jobs { group.addTask { await job() } }
            }
        } onCancel: {
            // Ends at once by itself.
            Task { await stopListening() }
        }
    }

    /// Nobody hears any more what dynos do: whoever waits for that must not wait for ever.
    private func stopListening() {
        isDeaf = true
        for id in bootWaiters.keys {
            answerBootWaiters(of: id, .crashed(reason: "paas is being stopped", lastLines: []))
        }
        for id in endWaiters.keys { answerEndWaiters(of: id, .lost) }
    }

    /// Lets ``run()`` end when its tasks have.
    package func finish() async {
        hours.count(until: machines.time.now())
        await saveHours()
        newJob.finish()
    }

    nonisolated func later(_ job: @escaping @Sendable () async -> Void) { newJob.yield(job) }

    // MARK: Apps

    /// Takes note of an app that is new or has changed in name, features or maintenance.
    package func track(_ app: App) async {
        apps[app.id, default: AppState(app: app)].app = app
        await nameHosts()
        await publish()
    }

    /// Has the app answer for that host too.
    func add(_ host: HostName, to app: AppID) async {
        guard apps[app]?.domains.insert(host).inserted == true else { return }
        if host.isLocal { await nameHosts() }
        await publish()
    }

    func remove(_ host: HostName, from app: AppID) async {
        guard apps[app]?.domains.remove(host) != nil else { return }
        if host.isLocal { await nameHosts() }
        await publish()
    }

    /// Takes note of the config vars of an app to which nothing has been deployed.
    func setEarlyConfig(of app: AppID, to config: ConfigVars) async {
        guard apps[app] != nil else { return }
        apps[app]?.earlyConfig = config
        await publish()
    }

    /// Stops everything of an app that is being destroyed.
    package func forget(_ id: AppID) async {
        guard let state = apps.removeValue(forKey: id) else { return }
        await nameHosts()
        await publish()
        await withDiscardingTaskGroup { group in
            for handle in state.dynos.values.compactMap(\.handle) {
                group.addTask { [settings] in
                    _ = await handle.stop(settings.stopGrace)
                    await handle.release()
                }
            }
        }
        // Whoever waits for one of them hears that it is gone.
        for dyno in state.dynos.values {
            await stopCounting(dyno.id)
            answerBootWaiters(of: dyno.id, crashReport(of: dyno))
            answerEndWaiters(of: dyno.id, .lost)
        }
    }

    /// The dynos that `ps` shows, by name.
    package func dynos(of app: AppID) -> [DynoView] {
        (apps[app]?.dynos.values ?? [:].values)
            .filter { [.formation, .oneOff].contains($0.role) && $0.state != .complete }
            .map { dyno in
                DynoView(
                    id: dyno.id, name: dyno.name, isOneOff: dyno.role == .oneOff, state: dyno.state,
                    command: dyno.command, size: dyno.size,
                    releaseVersion: dyno.releaseVersion, since: dyno.since, sandbox: dyno.handle?.sandbox,
                    endpoint: dyno.endpoint, reason: dyno.state == .crashed ? dyno.verdict : nil)
            }
            .sorted { $0.name < $1.name }
    }

    /// The handle of a dyno that runs, to attach to it.
    package func handle(of id: DynoID, in app: AppID) -> DynoHandle? { apps[app]?.dynos[id]?.handle }

    package func blueprint(of app: AppID) -> Blueprint? { apps[app]?.blueprint }

    /// The layers of what runs, which the store may already have replaced.
    func layersInUse() -> Set<String> { Set(apps.values.flatMap { $0.blueprint?.slug.layers ?? [] }) }

    // MARK: The router

    /// From now on the router is told; called once, when the dynos of an earlier daemon have been adopted.
    func open() async {
        isOpen = true
        await nameHosts()
        await publish()
    }

    /// Tells the router what holds now, and returns when it does.
    func publish() async {
        guard isOpen else { return }
        alarm.ring()
        tableVersion += 1
        var routes = ["api.localhost": RoutingTable.Route(app: nil, state: .serving([apiBackend]))]
        routes["mail.localhost"] = routes["api.localhost"]
        var aliases = [String: String](minimumCapacity: apps.values.reduce(0) { $0 + $1.domains.count })
        for state in apps.values {
            let host = "\(state.app.name).localhost"
            routes[host] = RoutingTable.Route(
                app: state.app.id, state: state.route(hoursAreUsedUp: hours.isUsedUp), pages: state.pages,
                keepsSessions: state.app.has(.sessionAffinity),
                certifiesAliases: state.app.hasAutomaticCertificates)
            for domain in state.domains { aliases[domain.text] = host }
        }
        let names = apps.values.map(\.app.name.text).sorted()
        await machines.routing.install(
            RoutingTable(version: tableVersion, routes: routes, aliases: aliases, appNames: names))
    }

    /// Lets dynos reach the apps by name: C libraries, Python and Node do not resolve `NAME.localhost` by themselves.
    /// Domains of the world lead where the world says.
    private func nameHosts() async {
        guard isOpen else { return }
        var names = ["api.localhost", "mail.localhost"] + apps.values.map { "\($0.app.name).localhost" }.sorted()
        for state in apps.values {
            for domain in state.domains where domain.isLocal && !domain.isWildcard { names.append(domain.text) }
        }
        await machines.runtime.resolve(names)
    }

    private var apiBackend: RoutingTable.Backend {
        RoutingTable.Backend(id: apiID, name: "", endpoint: settings.apiEndpoint)
    }
    private let apiID = DynoID()

    // MARK: The log

    /// A line of the dyno manager: `heroku[web.1]: …`.
    func say(_ text: String, about name: DynoName, in app: AppID) async { await say([(text, name)], in: app) }

    /// Several such lines, which stay together.
    func say(_ lines: [(text: String, name: DynoName)], in app: AppID) async {
        let now = machines.time.now()
        let lines = lines.map { LogLine(time: now, source: .heroku, process: "\($0.name)", $0.text) }
        await machines.logs.append(lines, to: app, origin: nil)
        // Nobody could tell it again: it survives the daemon from now on.
        await machines.logs.flush()
    }
}
