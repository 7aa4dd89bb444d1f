package import Model

extension Reconciler {
    /// Takes over a formation, starts and stops what differs from it, and replaces dynos of another size as a restart
    /// does. An app that sleeps wakes, as on Heroku.
    ///
    /// - Throws: ``BootFailure`` when web dynos of the new size do not come up; those of the old size serve on.
    package func scale(_ app: AppID, to formation: [FormationEntry]) async throws {
        apps[app]?.formation = Dictionary(formation.map { ($0.type, $0) }, uniquingKeysWith: { $1 })
        rouse(app)
        let outgrown = apps[app]?.outgrownNames ?? []
        await apply(app)
        guard !outgrown.isEmpty, let state = apps[app], let blueprint = state.blueprint else { return }
        let names = state.wantedNames.filter { outgrown.contains($0) }
        _ = try await replace(names, in: app, with: blueprint, keepsOldOnFailure: true)
    }

    /// Starts what is wanted and not there, or idle without a reason; retires what is there and not wanted.
    func apply(_ app: AppID) async {
        guard let state = apps[app], let blueprint = state.blueprint, !isClosing else { return }
        let wanted = state.wantedNames
        // What is there is looked at anew each time: other tasks start and end dynos meanwhile.
        for name in wanted {
            guard let state = apps[app] else { return }
            let place = state.formationDyno(name)
            guard place == nil || (place?.state == .idle && !rests(name.type, in: state)) else { continue }
            await start(name, in: app, as: blueprint, role: .formation)
        }
        let surplus = state.dynos.values.filter { $0.role == .formation && !wanted.contains($0.name) }
        await retire(surplus.map(\.id), in: app, announcing: "State changed from up to down")
    }

    /// Restarts dynos without a gap for requests: new web dynos answer before the old ones go. An app that sleeps wakes,
    /// whichever of its dynos are named.
    ///
    /// - Parameter matches: which of the formation's dynos; those that are crashed or down come up again too.
    package func restart(_ app: AppID, where matches: @Sendable (DynoName) -> Bool) async throws {
        guard let state = apps[app], let blueprint = state.blueprint else { return }
        let names = state.wantedNames.filter(matches)
        _ = try await replace(names, in: app, with: blueprint, keepsOldOnFailure: true)
        if state.wakefulness != .awake { await apply(app) }
    }

    /// Puts a release in the place of the one that runs, or sleeps: a new release wakes the app, as on Heroku.
    ///
    /// With `keepsOldOnFailure`, and where something answered before, the new web dynos have to come up first; if one
    /// does not, nothing has changed and ``BootFailure`` is thrown. Otherwise the report says how they did.
    ///
    /// - Parameter winning: writes down that the release has won, before the old dynos go: whoever dies between the two,
    ///   the next daemon finds in the books what serves. When it throws, nothing has changed.
    package func deploy(
        _ blueprint: Blueprint, of app: AppID, formation: [FormationEntry], keepsOldOnFailure: Bool,
        winning: @Sendable () async throws -> Void = {}
    ) async throws -> BootReport {
        guard var wanted = apps[app] else { return .up }
        wanted.blueprint = blueprint
        wanted.formation = Dictionary(formation.map { ($0.type, $0) }, uniquingKeysWith: { $1 })
        let report = try await replace(
            wanted.wantedNames, in: app, with: blueprint, keepsOldOnFailure: keepsOldOnFailure,
            formation: wanted.formation, winning: winning)
        await apply(app)
        return report
    }

    /// Whether a request would be answered: by a web dyno that is up, or by one that it wakes.
    func answers(_ app: AppID) -> Bool {
        guard let state = apps[app] else { return false }
        if state.members(of: .web).contains(where: { $0.state == .up }) { return true }
        return state.wakefulness != .awake && state.isSleepy && !isBarred(.web, in: state)
    }

    /// The web names are replaced first and together; the others stop, then start.
    private func replace(
        _ names: [DynoName], in app: AppID, with blueprint: Blueprint, keepsOldOnFailure: Bool,
        formation: [ProcessType: FormationEntry]? = nil, winning: @Sendable () async throws -> Void = {}
    ) async throws -> BootReport {
        guard apps[app] != nil else { return .up }
        if isClosing { throw BootFailure(reason: "paas is being stopped", lastLines: []) }
        let web = names.filter { $0.type == .web }
        let answered = answers(app)
        let report: BootReport
        if keepsOldOnFailure, answered, !web.isEmpty {
            report = try await overlap(web, in: app, with: blueprint, winning: winning) {
                adopt(blueprint, formation, in: app)
                rouse(app)
            }
        } else {
            adopt(blueprint, formation, in: app)
            rouse(app)
            report = await stopThenStart(web, in: app, with: blueprint)
            try await winning()
        }
        let others = names.filter { $0.type != .web }
        // Those that are there now: one that is started meanwhile is new already.
        let old = Set((apps[app]?.dynos.values ?? [:].values).filter { others.contains($0.name) }.map(\.id))
        if !others.isEmpty { later { [self] in await exchange(others, replacing: old, in: app, with: blueprint) } }
        return report
    }

    private func adopt(_ blueprint: Blueprint, _ formation: [ProcessType: FormationEntry]?, in app: AppID) {
        apps[app]?.blueprint = blueprint
        if let formation { apps[app]?.formation = formation }
    }

    /// New dynos first; when all answer and that is written down, they take the old ones' places.
    private func overlap(
        _ names: [DynoName], in app: AppID, with blueprint: Blueprint, winning: @Sendable () async throws -> Void,
        takingOver: () -> Void
    ) async throws -> BootReport {
        for dyno in apps[app]?.members(of: .web) ?? [] where names.contains(dyno.name) && dyno.state == .up {
            await say("Restarting", about: dyno.name, in: app)
        }
        var incoming: [DynoID] = []
        for name in names { incoming.append(await start(name, in: app, as: blueprint, role: .incoming)) }
        for id in incoming {
            guard case .crashed(let reason, let lines) = await bootReport(of: id, in: app) else { continue }
            await retire(incoming.map(latest), in: app)
            throw BootFailure(reason: reason, lastLines: lines)
        }
        incoming = incoming.map(latest)
        // One may have ended while another was still starting.
        if let fallen = incoming.compactMap({ apps[app]?.dynos[$0] }).first(where: { $0.state != .up }) {
            guard case .crashed(let reason, let lines) = crashReport(of: fallen) else { return .up }
            await retire(incoming, in: app)
            throw BootFailure(reason: reason, lastLines: lines)
        }
        do { try await winning() } catch {
            await retire(incoming, in: app)
            throw error
        }
        let old = (apps[app]?.members(of: .web) ?? []).filter { names.contains($0.name) }.map(\.id)
        takingOver()
        for id in incoming { apps[app]?.dynos[id]?.role = .formation }
        await retire(old, in: app)
        for id in incoming { await note(.formation, about: id, in: app) }
        // One that ended while the others' win was written down is part of the app now: it is started again.
        for id in incoming where apps[app]?.dynos[id]?.state == .crashed { await restartCrashed(id, in: app) }
        return .up
    }

    /// Writes down why a dyno is there, for a daemon that comes later.
    func note(_ role: LiveDyno.Role, about id: DynoID, in app: AppID) async {
        guard let handle = apps[app]?.dynos[id]?.handle else { return }
        await handle.note(handle.tags.merging(["role": role.rawValue]) { $1 })
    }

    /// Heroku's order: the old ones are told to stop while the new ones start; requests wait meanwhile.
    private func stopThenStart(_ names: [DynoName], in app: AppID, with blueprint: Blueprint) async -> BootReport {
        let old = (apps[app]?.members(of: .web) ?? []).filter { names.contains($0.name) }
        // From here on what they do is no crash; the table still has them until the new ones are in the books.
        for dyno in old { apps[app]?.dynos[dyno.id]?.role = .leaving }
        for dyno in old where dyno.handle != nil && dyno.state != .crashed {
            await say("Restarting", about: dyno.name, in: app)
            await say("State changed from \(dyno.state.rawValue) to starting", about: dyno.name, in: app)
        }
        var started: [DynoID] = []
        for name in names {
            let before = old.first { $0.name == name && [.crashed, .down, .idle].contains($0.state) }?.state
            started.append(await start(name, in: app, as: blueprint, role: .formation, from: before))
        }
        await retire(old.map(\.id), in: app)
        for id in started {
            let report = await bootReport(of: id, in: app)
            if report != .up { return report }
        }
        return .up
    }

    private func exchange(
        _ names: [DynoName], replacing old: Set<DynoID>, in app: AppID, with blueprint: Blueprint
    ) async {
        await withDiscardingTaskGroup { group in
            for name in names {
                group.addTask { [self] in await exchange(name, replacing: old, in: app, with: blueprint) }
            }
        }
    }

    private func exchange(
        _ name: DynoName, replacing old: Set<DynoID>, in app: AppID, with blueprint: Blueprint
    ) async {
        var before: DynoState?
        for dyno in (apps[app]?.members(of: name.type) ?? []) where dyno.name == name {
            guard old.contains(dyno.id) else { return }
            guard dyno.releaseVersion != blueprint.release.version || dyno.state != .starting else { return }
            before = .up
            if let handle = dyno.handle, dyno.state != .crashed {
                await say("Restarting", about: name, in: app)
                await say("State changed from \(dyno.state.rawValue) to starting", about: name, in: app)
                apps[app]?.dynos[dyno.id]?.role = .leaving
                await stop(handle)
                _ = await ending(of: handle.id, in: app)
                before = nil
            } else {
                before = dyno.state
                apps[app]?.dynos[dyno.id] = nil
            }
        }
        // Meanwhile another change may have begun, or the type may be wanted no more.
        guard let state = apps[app], state.wantedNames.contains(name), state.formationDyno(name) == nil,
            let current = state.blueprint
        else { return }
        await start(name, in: app, as: current, role: .formation, from: before)
    }
}
