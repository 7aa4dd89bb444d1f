internal import Dyno
internal import Logs
internal import Model

extension Reconciler {
    /// What the books say of one app.
    struct Plan: Sendable {
        var app: App
        var blueprint: Blueprint?
        var formation: [FormationEntry]
        /// `nil` for an app that is awake.
        var asleepSince: Timestamp?
        var domains: Set<HostName> = []
        /// The config vars of an app to which nothing has been deployed.
        var earlyConfig = ConfigVars()
    }

    /// Takes up where an earlier daemon was: its dynos are adopted, what is too much stops, what is missing is started.
    ///
    /// Returns when all that should run is in the books. Starting it goes on by itself: it may take long, and nobody who
    /// asks for something else has to wait for it.
    ///
    /// The router keeps serving its last table until this one is complete. Who slept sleeps on.
    ///
    /// - Parameters:
    ///   - handles: the dynos that an earlier daemon has started.
    ///   - used: the month's dyno-hours, counted until `countedUntil`.
    func resume(
        _ plans: [Plan], adopting handles: [DynoHandle], hours used: [AppID: Duration], countedUntil: Timestamp
    ) async {
        for plan in plans {
            apps[plan.app.id] = AppState(
                app: plan.app, domains: plan.domains, earlyConfig: plan.earlyConfig,
                wakefulness: plan.asleepSince.map { .asleep(since: $0) } ?? .awake,
                blueprint: plan.blueprint,
                formation: Dictionary(plan.formation.map { ($0.type, $0) }, uniquingKeysWith: { $1 }))
        }
        let now = machines.time.now()
        hours = DynoHours(quota: settings.ecoHours, now: now, used: used)
        hoursSavedAt = countedUntil
        var serving: [(id: DynoID, app: AppID)] = []
        for handle in handles.sorted(by: Self.comesBefore) {
            if await adopt(handle) { serving.append((handle.id, handle.app)) }
        }
        await waitUntilBound(serving)
        let missing = plans.flatMap { enterMissing(of: $0.app.id) }
        // Requests to what is about to start wait for it.
        await open()
        later { [self] in await launchInTurn(missing) }
        // Not before the router sends their requests elsewhere.
        for dyno in apps.values.flatMap(\.dynos.values) where dyno.role == .leaving {
            if let handle = dyno.handle { later { [self] in await drainAndStop(handle) } }
        }
    }

    private func enterMissing(of app: AppID) -> [DynoSpec] {
        guard let state = apps[app], let blueprint = state.blueprint else { return [] }
        return state.wantedNames.filter { state.formationDyno($0) == nil }.compactMap { name in
            guard rests(name.type, in: state) else { return enter(name, in: app, as: blueprint, role: .formation) }
            putIdle(DynoID(), name, in: app, as: blueprint)
            return nil
        }
    }

    /// How many dynos are being started at a time when the platform starts: all at once would only get in each
    /// other's way.
    static let startsAtATime = 8

    private func launchInTurn(_ specs: [DynoSpec]) async {
        var waiting = specs.makeIterator()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<Self.startsAtATime {
                guard let spec = waiting.next() else { break }
                group.addTask { [self] in await launchIfWanted(spec) }
            }
            while await group.next() != nil {
                guard let spec = waiting.next() else { continue }
                group.addTask { [self] in await launchIfWanted(spec) }
            }
        }
    }

    private func launchIfWanted(_ spec: DynoSpec) async {
        // Another change may have put something else in its place before its turn came.
        guard let dyno = apps[spec.app]?.dynos[spec.id] else { return }
        guard dyno.role == .formation, !isClosing else { return await drop(spec) }
        await say("Starting process with command `\(spec.command)`", about: spec.name, in: spec.app)
        await launch(spec)
    }

    /// Of two dynos for one place: the one that had it before the one that was to get it, then the younger one.
    private static func comesBefore(_ one: DynoHandle, _ other: DynoHandle) -> Bool {
        let incoming = LiveDyno.Role.incoming.rawValue
        let isIncoming = (one.tags["role"] == incoming, other.tags["role"] == incoming)
        return isIncoming.0 != isIncoming.1 ? isIncoming.1 : one.startedAt > other.startedAt
    }

    /// Dynos that answered before need no longer than it takes to say that they still listen.
    private func waitUntilBound(_ dynos: [(id: DynoID, app: AppID)]) async {
        await withTaskGroup(of: Bool.self) { group in
            for dyno in dynos {
                group.addTask { [self] in
                    _ = await bootReport(of: dyno.id, in: dyno.app)
                    return true
                }
            }
            group.addTask { [self] in
                try? await machines.time.sleep(.seconds(2))  // Cancelled: all have answered.
                return false
            }
            var silent = dynos.count
            while silent > 0, await group.next() == true { silent -= 1 }
            group.cancelAll()
            for dyno in dynos { answerBootWaiters(of: dyno.id, .up) }
        }
    }

    /// - Returns: whether the dyno takes requests and belongs to what the app runs.
    private func adopt(_ handle: DynoHandle) async -> Bool {
        guard let state = apps[handle.app] else {
            later { [self] in await discard(handle) }
            return false
        }
        let version = Int(handle.tags["release"] ?? "") ?? 0
        let role = LiveDyno.Role(rawValue: handle.tags["role"] ?? "") ?? .leaving
        let belongs = belongs(handle, version: version, role: role, to: state)
        var dyno = LiveDyno(
            id: handle.id, name: handle.name, command: handle.command, size: handle.size, releaseVersion: version,
            role: role == .oneOff ? .oneOff : belongs ? .formation : .leaving, since: handle.startedAt,
            handle: handle, policy: RestartPolicy(exact: state.app.has(.herokuCrashBackoff)),
            wantsPort: handle.name.type == .web && role != .oneOff)
        dyno.isAdopted = true
        dyno.buildpackName = state.blueprint?.slug.buildpackName ?? ""
        dyno.isAttached = handle.tags["attached"] == "true"
        dyno.scheduledRun = handle.tags[ScheduledRun.tag].flatMap { ScheduledRunID($0) }
        apps[handle.app]?.dynos[handle.id] = dyno
        // What it ran while no daemon was there counts too.
        startCounting(dyno, in: handle.app, since: max(handle.startedAt, hoursSavedAt))
        if let end = handle.endedAt { _ = hours.end(handle.id, at: end) }
        watch(handle, after: await machines.logs.position(of: handle.id, in: handle.app))
        // Its client was connected to the daemon that is gone, and comes back when it lives.
        if dyno.role == .oneOff, dyno.isAttached {
            later { [self] in await hangUpUnlessAttached(handle.id, in: handle.app, within: .seconds(5)) }
        }
        if belongs, dyno.wantsPort { later { [self] in await failUnlessBound(handle.id, in: handle.app) } }
        return belongs && dyno.wantsPort
    }

    /// A dyno of a change that had not won, of an older release, of a place already filled, or of an app that was about
    /// to sleep, does not.
    private func belongs(_ handle: DynoHandle, version: Int, role: LiveDyno.Role, to state: AppState) -> Bool {
        guard role == .formation || role == .incoming, let blueprint = state.blueprint else { return false }
        return blueprint.release.version == version && state.wantedNames.contains(handle.name)
            && state.formationDyno(handle.name) == nil && !rests(handle.name.type, in: state)
    }

    private func discard(_ handle: DynoHandle) async {
        _ = await handle.stop(settings.stopGrace)
        await handle.release()
    }
}
