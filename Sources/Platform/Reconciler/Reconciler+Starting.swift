internal import Dyno
internal import Model

extension Reconciler {
    /// Starts one incarnation of a process type's dyno and returns at once; what becomes of it arrives as events.
    @discardableResult
    func start(
        _ name: DynoName, in app: AppID, as blueprint: Blueprint, role: LiveDyno.Role, policy: RestartPolicy? = nil,
        from before: DynoState? = nil
    ) async -> DynoID {
        guard let state = apps[app], !isClosing else { return DynoID() }
        let place = state.formationDyno(name)
        if role == .formation, rests(name.type, in: state) {
            // Its time comes when the app is woken, or with the new month.
            let id = place?.id ?? DynoID()
            if place == nil { putIdle(id, name, in: app, as: blueprint) }
            return id
        }
        var before = before
        if let place, place.state == .idle {
            // One that is incoming takes the place when it has won.
            if role == .formation { apps[app]?.dynos[place.id] = nil }
            before = before ?? .idle
        }
        guard let spec = enter(name, in: app, as: blueprint, role: role, policy: policy) else { return DynoID() }
        // Requests wait for it from now on, where nothing else answers.
        if role == .formation, spec.wantsPort { await publish() }
        if let before { await say("State changed from \(before.logged) to starting", about: name, in: app) }
        await say("Starting process with command `\(spec.command)`", about: name, in: app)
        await launch(spec)
        return spec.id
    }

    /// Writes a dyno that is to be started into the books.
    ///
    /// - Returns: what to start; `nil` when nothing is started any more.
    func enter(
        _ name: DynoName, in app: AppID, as blueprint: Blueprint, role: LiveDyno.Role, policy: RestartPolicy? = nil
    ) -> DynoSpec? {
        guard let state = apps[app], !isClosing else { return nil }
        let id = DynoID()
        let command = blueprint.slug.processTypes[name.type] ?? ""
        let wantsPort = name.type == .web
        let size = state.formation[name.type]?.size ?? .basic
        apps[app]?.dynos[id] = LiveDyno(
            id: id, name: name, command: command, size: size, releaseVersion: blueprint.release.version, role: role,
            since: machines.time.now(), policy: policy ?? newPolicy(for: state.app), wantsPort: wantsPort)
        var environment = DynoEnvironment.of(name, in: state.app, blueprint: blueprint)
        let mail = machines.mailEnvironment(for: environment, in: state.app)
        environment.merge(mail) { $1 }
        let spec = DynoSpec(
            id: id, app: app, appOrdinal: state.app.ordinal, name: name, content: .slug(layers: blueprint.layers),
            command: command, environment: environment, wantsPort: wantsPort, size: size,
            logsMetrics: state.app.has(.logRuntimeMetrics), acceptsLoopback: !state.app.has(.strict),
            tags: ["role": role.rawValue, "release": "\(blueprint.release.version)"],
            network: .of(
                state.app, environment: environment, routerPort: settings.port,
                more: machines.mailPorts(for: environment)),
            readable: machines.mailFolders(mail))
        apps[app]?.dynos[id]?.spec = spec
        apps[app]?.dynos[id]?.buildpackName = blueprint.slug.buildpackName
        return spec
    }

    /// Asks the runtime for a dyno that is already in the books.
    func launch(_ spec: DynoSpec) async {
        guard !isClosing else { return await drop(spec) }
        launching += 1
        defer { launching -= 1 }
        do {
            let handle = try await machines.runtime.start(spec)
            guard let dyno = apps[spec.app]?.dynos[spec.id], !isClosing else {
                // The app went, or the platform stops, while the dyno was being started.
                _ = await handle.stop(.zero)
                return await handle.release()
            }
            apps[spec.app]?.dynos[spec.id]?.handle = handle
            startCounting(dyno, in: spec.app, since: machines.time.now())
            watch(handle, after: 0)
            if dyno.role == .leaving {
                // Retired while it was being started.
                return later { [self] in await stop(handle) }
            }
            if spec.wantsPort { later { [self] in await failUnlessBound(spec.id, in: spec.app) } }
        } catch {
            let reason = (error as? any Explained)?.explanation.why ?? "\(error)"
            apps[spec.app]?.dynos[spec.id]?.verdict = "could not be started: \(reason)"
            await say(
                "\(RuntimeFault.platformError.line(seconds: 10)): \(reason)", about: spec.name, in: spec.app)
            await ended(spec.id, in: spec.app, .lost)
        }
    }

    /// Takes a dyno out of the books that has not been started and will not be.
    func drop(_ spec: DynoSpec) async {
        apps[spec.app]?.dynos[spec.id]?.role = .leaving
        await ended(spec.id, in: spec.app, .lost)
    }

    func watch(_ handle: DynoHandle, after position: UInt64) {
        later { [self] in
            for await events in handle.events(position) { await receive(events, from: handle.id, in: handle.app) }
        }
    }

    /// R10: a web dyno that does not listen in time is killed.
    func failUnlessBound(_ id: DynoID, in app: AppID) async {
        let limit = settings.bootTimeout(for: apps[app]?.dynos[id]?.buildpackName ?? "")
        do { try await machines.time.sleep(limit) } catch { return }  // The daemon stops.
        guard let dyno = apps[app]?.dynos[id], dyno.state == .starting, let handle = dyno.handle else { return }
        let seconds = Int(limit.components.seconds)
        let instead = dyno.portThief ?? dyno.remark ?? (dyno.isAdopted ? nil : "it listens on no port")
        apps[app]?.dynos[id]?.verdict =
            "did not listen on $PORT within \(seconds) seconds (R10)\(instead.map { ": \($0)" } ?? "")"
        if let instead, dyno.remark == nil, dyno.portThief == nil { await say(instead, about: dyno.name, in: app) }
        await say(RuntimeFault.bootTimeout.line(seconds: seconds), about: dyno.name, in: app)
        await say("Stopping process with SIGKILL", about: dyno.name, in: app)
        _ = await handle.stop(.zero)
    }

    private func newPolicy(for app: App) -> RestartPolicy { RestartPolicy(exact: app.has(.herokuCrashBackoff)) }

    /// Returns when the dyno is up or has failed.
    func bootReport(of id: DynoID, in app: AppID) async -> BootReport {
        let id = latest(id)
        guard let dyno = apps[app]?.dynos[id] else {
            return .crashed(reason: "the app was removed meanwhile", lastLines: [])
        }
        switch dyno.state {
        // Asleep is as good as up: a request, or the new month, will start it.
        case .up, .idle: return .up
        case .crashed, .down, .complete: return crashReport(of: dyno)
        case .starting where isDeaf: return crashReport(of: dyno)
        case .starting: return await withCheckedContinuation { bootWaiters[id, default: []].append($0) }
        }
    }

    func crashReport(of dyno: LiveDyno) -> BootReport {
        .crashed(
            reason: "\(dyno.name) \(dyno.verdict ?? "crashed")", lastLines: dyno.lastLines.suffix(LiveDyno.shownLines))
    }

    func answerBootWaiters(of id: DynoID, _ report: BootReport) {
        for waiter in bootWaiters.removeValue(forKey: id) ?? [] { waiter.resume(returning: report) }
    }
}
