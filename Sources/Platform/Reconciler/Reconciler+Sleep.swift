internal import Dyno
internal import Logs
package import Model
internal import Store

/// Falling asleep and waking up. Source: heroku-platform.md §2.1 and §4, "Eco sleeping".
extension Reconciler {
    /// The apps that nobody has asked for long enough, and how long it takes at least until there is another one.
    func sleepReview() async -> (due: [AppID], next: Duration?) {
        let candidates = apps.values.filter(\.mayFallAsleep)
        let web = Dictionary(
            uniqueKeysWithValues: candidates.map { ($0.app.id, $0.members(of: .web).filter { $0.state == .up }) })
        let ids = web.values.flatMap { $0.map(\.id) }
        let idle = Dictionary(zip(ids, await machines.routing.idleTimes(ids)), uniquingKeysWith: { $1 })
        let now = machines.time.now()
        var due: [AppID] = []
        var next: Duration?
        for candidate in candidates {
            // To be started counts as being asked for.
            let rest = (web[candidate.app.id] ?? []).map { min(idle[$0.id] ?? .zero, now.since($0.since)) }.min()
            let left = candidate.app.sleepAfter - (rest ?? .zero)
            if left <= .zero { due.append(candidate.app.id) } else { next = min(next ?? left, left) }
        }
        return (due, next)
    }

    /// Puts the app to sleep, unless a request comes meanwhile. The caller has the app's turn.
    ///
    /// The door is closed first, so that requests wait in front of it; who has slipped in before is seen then.
    func fallAsleep(_ app: AppID) async {
        guard let state = apps[app], state.mayFallAsleep, !isClosing else { return }
        let web = state.members(of: .web).filter { $0.state == .up }.map(\.id)
        apps[app]?.wakefulness = .dozing
        await publish()
        let isBusy = await machines.routing.idleTimes(web).contains(.zero)
        guard apps[app]?.wakefulness == .dozing else { return }
        if isBusy {
            apps[app]?.wakefulness = .awake
            return await publish()
        }
        let now = machines.time.now()
        await write(app, asleepSince: now)
        guard let state = apps[app], state.wakefulness == .dozing, !isClosing else {
            return later { [self] in await rememberSleep(of: app) }
        }
        apps[app]?.wakefulness = .asleep(since: now)
        let sleepers = state.formation.values.filter { state.sleeps($0) }.map(\.type)
        await layDown(sleepers, in: app)
    }

    /// Takes the processes from all dynos of these types; their places stay, idle.
    func layDown(_ types: [ProcessType], in app: AppID) async {
        guard let state = apps[app] else { return }
        let dynos = types.flatMap { state.members(of: $0) }.filter { ![.down, .idle].contains($0.state) }
        guard !dynos.isEmpty else { return await publish() }
        for dyno in dynos {
            apps[app]?.dynos[dyno.id]?.role = .leaving
            let id = DynoID()
            apps[app]?.dynos[id] = dyno.stoppedCopy(id: id, as: .idle, at: machines.time.now())
        }
        // Together, so that no word of a request that wakes them comes between.
        await say(
            dynos.sorted { $0.name < $1.name }.flatMap { dyno in
                [("Idling", dyno.name), ("State changed from \(dyno.state.logged) to down", dyno.name)]
            }, in: app)
        await retire(dynos.map(\.id), in: app)
    }

    /// A request waits for the app, says the router. Returns at once.
    package nonisolated func requestWaits(for app: AppID) { later { [self] in await wake(app) } }

    /// Starts all that sleeps, the web dynos first; requests go to the first one that listens.
    ///
    /// Nothing happens when it is awake: the router says it again for each table and each daemon.
    func wake(_ app: AppID) async {
        guard isOpen, !isClosing, let state = apps[app], let blueprint = state.blueprint else { return }
        switch state.wakefulness {
        case .awake: return
        case .dozing:
            apps[app]?.wakefulness = .awake
            return await publish()
        case .asleep:
            guard rouse(app) else { return }
            let idle = state.wantedNames.filter { state.formationDyno($0)?.state == .idle }
            let names = idle.filter { $0.type == .web } + idle.filter { $0.type != .web }
            await withDiscardingTaskGroup { group in
                for name in names { group.addTask { [self] in await wake(name, in: app, as: blueprint) } }
            }
        }
    }

    private func wake(_ name: DynoName, in app: AppID, as blueprint: Blueprint) async {
        await say("Unidling", about: name, in: app)
        // A change may have been faster.
        guard apps[app]?.formationDyno(name)?.state == .idle else { return }
        await start(name, in: app, as: apps[app]?.blueprint ?? blueprint, role: .formation)
    }

    /// `nil` for an app that never sleeps.
    func isAsleep(_ app: AppID) -> Bool? {
        guard let state = apps[app], state.isSleepy || state.asleepSince != nil else { return nil }
        return state.asleepSince != nil
    }

    /// From now on the app is awake: its idle dynos are to be started by the caller.
    ///
    /// - Returns: whether it slept; `false` also when it has to sleep on, because the month's hours are used up.
    @discardableResult
    func rouse(_ app: AppID) -> Bool {
        guard let state = apps[app], state.wakefulness != .awake else { return false }
        guard !state.isSleepy || !isBarred(.web, in: state) else { return false }
        apps[app]?.wakefulness = .awake
        later { [self] in await rememberSleep(of: app) }
        return true
    }

    /// Whether a dyno of that type has to stay idle: its app sleeps, or the month's hours are used up.
    func rests(_ type: ProcessType, in state: AppState) -> Bool {
        guard let entry = state.formation[type] else { return false }
        return isBarred(type, in: state) || (state.asleepSince != nil && state.sleeps(entry))
    }

    /// Keeps the place of a dyno that rests.
    func putIdle(_ id: DynoID, _ name: DynoName, in app: AppID, as blueprint: Blueprint) {
        guard let state = apps[app] else { return }
        apps[app]?.dynos[id] = LiveDyno(
            id: id, name: name, command: blueprint.slug.processTypes[name.type] ?? "",
            size: state.formation[name.type]?.size ?? .basic, releaseVersion: blueprint.release.version,
            role: .formation, state: .idle, since: state.asleepSince ?? machines.time.now(),
            policy: RestartPolicy(exact: state.app.has(.herokuCrashBackoff)), wantsPort: name.type == .web)
    }

    /// Writes down whether the app sleeps, for the next daemon; again when that has changed meanwhile.
    func rememberSleep(of app: AppID) async {
        var since: Timestamp?
        repeat {
            since = apps[app]?.asleepSince
            await write(app, asleepSince: since)
        } while apps[app]?.asleepSince != since
    }

    private func write(_ app: AppID, asleepSince since: Timestamp?) async {
        let now = machines.time.now()
        // Unwritten, the next daemon only starts a dyno too many, or lets a request wait for it once more.
        try? await machines.store.write { transaction in
            guard try transaction.app(app) != nil else { return }
            try transaction.setSleep(of: app, since: since)
            try transaction.record(
                Event(
                    time: now, actor: try transaction.accountEmail(), app: app, resource: "app", resourceID: "\(app)",
                    action: "update", before: since == nil ? "asleep" : "awake",
                    after: since == nil ? "awake" : "asleep"))
        }
    }
}

extension AppState {
    /// Whether it could fall asleep now; not while dynos are being started or exchanged.
    var mayFallAsleep: Bool {
        guard isSleepy, wakefulness == .awake else { return false }
        return members(of: .web).contains { $0.state == .up }
            && !dynos.values.contains { $0.role == .incoming || ($0.role == .formation && $0.state == .starting) }
    }
}
