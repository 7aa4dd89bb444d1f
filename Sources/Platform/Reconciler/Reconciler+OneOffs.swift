internal import Dyno
internal import Model

extension Reconciler {
    /// Starts a one-off dyno; it ends by itself.
    ///
    /// - Parameters:
    ///   - tap: gets each line of its output as well.
    ///   - isAwaited: somebody will call ``ending(of:in:)`` for it.
    func startOneOff(
        _ spec: DynoSpec, releaseVersion: Int, role: LiveDyno.Role, isAwaited: Bool,
        tap: (@Sendable ([UInt8]) async -> Void)? = nil
    ) async throws {
        guard let state = apps[spec.app], !isClosing else { throw PlatformError.startFailed("paas is being stopped.") }
        guard spec.size != .eco || !hours.isUsedUp else { throw PlatformError.dynoHoursUsedUp }
        var dyno = LiveDyno(
            id: spec.id, name: spec.name, command: spec.command, size: spec.size, releaseVersion: releaseVersion,
            role: role, since: machines.time.now(), policy: RestartPolicy(exact: state.app.has(.herokuCrashBackoff)),
            wantsPort: false)
        dyno.isAwaited = isAwaited
        dyno.isAttached = spec.streams != .logged
        dyno.tap = tap
        dyno.scheduledRun = spec.tags[ScheduledRun.tag].flatMap { ScheduledRunID($0) }
        apps[spec.app]?.dynos[spec.id] = dyno
        if role == .oneOff {
            if spec.streams != .logged { await say("Awaiting client", about: spec.name, in: spec.app) }
            await say("Starting process with command `\(spec.command)`", about: spec.name, in: spec.app)
        }
        await launch(spec)
        if spec.streams != .logged { later { [self] in await hangUpUnlessAttached(spec.id, in: spec.app) } }
        if apps[spec.app]?.dynos[spec.id] == nil, !isAwaited {
            throw PlatformError.startFailed("Its process could not be started; the log says why.")
        }
    }

    /// A number for a new one-off dyno, as Heroku's: four random digits, in use by no other.
    func freeName(_ type: ProcessType, in app: AppID) -> DynoName {
        let taken = Set((apps[app]?.dynos.values ?? [:].values).map(\.name))
        while true {
            let name = DynoName(type, Int.random(in: 1000...9999))
            if !taken.contains(name) { return name }
        }
    }

    /// Ends a dyno that somebody waited for and no longer does.
    func abandon(_ id: DynoID, in app: AppID) async {
        _ = await apps[app]?.dynos[id]?.handle?.stop(.seconds(5))
    }
}
