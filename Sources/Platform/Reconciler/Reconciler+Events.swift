internal import Dyno
internal import Logs
internal import Model

extension Reconciler {
    /// Answers what a dyno reports; lines that follow each other are kept together.
    func receive(_ events: [DynoEvent], from id: DynoID, in app: AppID) async {
        var output: [LogLine] = []
        var end: UInt64 = 0
        for event in events {
            if case .line(let message, let time, let position) = event, let dyno = apps[app]?.dynos[id] {
                output.append(LogLine(time: time, source: .app, process: "\(dyno.name)", message: message))
                end = position
                continue
            }
            await keep(output, upTo: end, of: id, in: app)
            output = []
            await receive(event, from: id, in: app)
        }
        await keep(output, upTo: end, of: id, in: app)
    }

    private func receive(_ event: DynoEvent, from id: DynoID, in app: AppID) async {
        guard let dyno = apps[app]?.dynos[id] else { return }
        switch event {
        case .launched:
            if !dyno.wantsPort { await isUp(id, in: app) }
        case .bound(let endpoint):
            apps[app]?.dynos[id]?.endpoint = endpoint
            await isUp(id, in: app)
        case .line:
            break  // Kept with its neighbours, above.
        case .dropped(let bytes):
            await say("Error L12: \(bytes) bytes of output were dropped", about: dyno.name, in: app)
        case .note(let text):
            apps[app]?.dynos[id]?.remark = text
            if text.hasPrefix("Error R15") { apps[app]?.dynos[id]?.verdict = "used too much memory (R15)" }
            await say(text, about: dyno.name, in: app)
        case .portTaken(let thief):
            await portTaken(thief, from: id, in: app)
        case .lost(let files):
            apps[app]?.dynos[id]?.lost = files
        case .ended(let ending):
            await ended(id, in: app, ending)
        }
    }

    /// Writes output to the app's log, and to whoever listens to this dyno.
    private func keep(_ lines: [LogLine], upTo position: UInt64, of id: DynoID, in app: AppID) async {
        guard !lines.isEmpty, let dyno = apps[app]?.dynos[id] else { return }
        let last = lines.suffix(LiveDyno.keptLines).map { String(decoding: $0.message, as: UTF8.self) }
        apps[app]?.dynos[id]?.lastLines = Array((dyno.lastLines + last).suffix(LiveDyno.keptLines))
        if dyno.role != .build, !dyno.isAttached {
            await machines.logs.append(lines, to: app, origin: (dyno: id, position: position))
        }
        guard let tap = dyno.tap else { return }
        for line in lines { await tap(line.message) }
    }

    private func isUp(_ id: DynoID, in app: AppID) async {
        guard let dyno = apps[app]?.dynos[id], dyno.state == .starting else { return }
        apps[app]?.dynos[id]?.state = .up
        apps[app]?.dynos[id]?.isAdopted = false
        if !dyno.isAdopted { apps[app]?.dynos[id]?.since = machines.time.now() }
        // The table first: whoever reads "up" in the log may ask at once.
        if dyno.role == .formation { await publish() }
        if !dyno.isAdopted, ![.build, .leaving].contains(dyno.role) {
            await say("State changed from starting to up", about: dyno.name, in: app)
        }
        answerBootWaiters(of: id, .up)
    }

    /// A dyno has ended, whatever made it end.
    func ended(_ id: DynoID, in app: AppID, _ ending: Ending) async {
        guard let dyno = apps[app]?.dynos[id], dyno.state != .crashed else { return }
        // A client may still come for what an attached one-off has said.
        if dyno.role != .oneOff || !dyno.isAttached { apps[app]?.dynos[id]?.handle = nil }
        await stopCounting(id)
        if dyno.role != .build, dyno.handle != nil {
            await say("Process exited with \(ending)", about: dyno.name, in: app)
        }
        await keepScheduledEnd(of: dyno, ending)
        await tellLost(dyno, in: app)
        if await retryWithAnotherPort(dyno, in: app) {
            await dyno.handle?.release()
            return
        }
        switch dyno.role {
        case .formation:
            await crashed(dyno, in: app, ending)
        case .incoming:
            let reason = await explainEnd(of: dyno, in: app, ending)
            await say("State changed from \(dyno.state.rawValue) to crashed", about: dyno.name, in: app)
            settle(id, in: app, as: reason)
        case .leaving, .build:
            apps[app]?.dynos[id] = nil
        case .oneOff:
            await say("State changed from \(dyno.state.rawValue) to complete", about: dyno.name, in: app)
            if keepForClient(id, in: app) { break }
            apps[app]?.dynos[id] = nil
        }
        answerBootWaiters(of: id, crashReport(of: apps[app]?.dynos[id] ?? dyno))
        if dyno.isAwaited, endWaiters[id] == nil { endings[id] = ending }
        answerEndWaiters(of: id, ending)
        // Its change has won while its end was being told: it is part of the app now.
        if dyno.role == .incoming, apps[app]?.dynos[id]?.role == .formation { await restartCrashed(id, in: app) }
        if apps[app]?.dynos[id]?.state != .complete { await dyno.handle?.release() }
    }

    /// Notes that a dyno is crashed, and why; one that was retired while that was told is gone.
    private func settle(_ id: DynoID, in app: AppID, as reason: String) {
        if apps[app]?.dynos[id]?.role == .leaving {
            apps[app]?.dynos[id] = nil
        } else {
            apps[app]?.dynos[id]?.state = .crashed
            apps[app]?.dynos[id]?.verdict = reason
        }
    }

    private func crashed(_ dyno: LiveDyno, in app: AppID, _ ending: Ending) async {
        let reason = await explainEnd(of: dyno, in: app, ending)
        await say("State changed from \(dyno.state.rawValue) to crashed", about: dyno.name, in: app)
        settle(dyno.id, in: app, as: reason)
        guard let state = apps[app], state.dynos[dyno.id] != nil else { return }
        // The feature may have been switched since the dyno was started.
        apps[app]?.dynos[dyno.id]?.policy.isExact = state.app.has(.herokuCrashBackoff)
        answerBootWaiters(of: dyno.id, crashReport(of: apps[app]?.dynos[dyno.id] ?? dyno))
        if dyno.state == .up, machines.time.now().since(dyno.since) >= .seconds(60) {
            apps[app]?.dynos[dyno.id]?.policy.started()
        }
        apps[app]?.dynos[dyno.id]?.since = machines.time.now()
        var generator = SystemRandomNumberGenerator()
        let delay = apps[app]?.dynos[dyno.id]?.policy.crashed(using: &generator) ?? .zero
        // Started again at once: requests wait for it instead of meeting H10.
        if delay == .zero { return await restartCrashed(dyno.id, in: app) }
        later { [self] in
            do { try await machines.time.sleep(delay) } catch { return }  // The daemon stops.
            await restartCrashed(dyno.id, in: app)
        }
        await publish()
    }

    func restartCrashed(_ id: DynoID, in app: AppID) async {
        guard let state = apps[app], let dyno = state.dynos[id], dyno.role == .formation, dyno.state == .crashed,
            let blueprint = state.blueprint, state.wantedNames.contains(dyno.name), !isClosing
        else { return }
        apps[app]?.dynos[id] = nil
        await start(dyno.name, in: app, as: blueprint, role: .formation, policy: dyno.policy, from: .crashed)
    }

    /// Returns how a dyno ended, when it has.
    func ending(of id: DynoID, in app: AppID) async -> Ending {
        if let ending = endings.removeValue(forKey: id) { return ending }
        guard apps[app]?.dynos[id] != nil else { return .lost }
        guard !isDeaf else { return .lost }
        return await withCheckedContinuation { endWaiters[id, default: []].append($0) }
    }

    func answerEndWaiters(of id: DynoID, _ ending: Ending) {
        for waiter in endWaiters.removeValue(forKey: id) ?? [] { waiter.resume(returning: ending) }
    }
}
