internal import Dyno
internal import Logs
package import Model

extension Reconciler {
    /// Takes dynos out: from the table first, then, when their requests are answered, SIGTERM, the grace, SIGKILL.
    ///
    /// Returns when the router no longer sends them requests; the rest goes on by itself.
    func retire(_ ids: [DynoID], in app: AppID, announcing text: String? = nil) async {
        var handles: [DynoHandle] = []
        for id in ids {
            guard let dyno = apps[app]?.dynos[id] else { continue }
            if let handle = dyno.handle, dyno.state != .crashed {
                apps[app]?.dynos[id]?.role = .leaving
                handles.append(handle)
                if let text { await say(text, about: dyno.name, in: app) }
            } else if dyno.handle == nil, dyno.state == .starting {
                // Still being started: marked, so that its end is no crash.
                apps[app]?.dynos[id]?.role = .leaving
            } else {
                apps[app]?.dynos[id] = nil
            }
        }
        await publish()
        guard !handles.isEmpty else { return }
        for handle in handles { later { [self] in await drainAndStop(handle) } }
    }

    /// Lets a dyno that is out of the table finish its requests, and stops it then.
    ///
    /// That it leaves is written down before it is told: a daemon that comes later does not count on it.
    func drainAndStop(_ handle: DynoHandle) async {
        await note(.leaving, about: handle.id, in: handle.app)
        await machines.routing.drain([handle.id], settings.stopGrace)
        await stop(handle)
    }

    /// SIGTERM, the grace, SIGKILL, with the lines that tell of it.
    func stop(_ handle: DynoHandle) async {
        await say("Stopping all processes with SIGTERM", about: handle.name, in: handle.app)
        // Its shim says R12 when it has to kill.
        _ = await handle.stop(settings.stopGrace)
    }

    /// `ps:stop`: a dyno of the formation stays down until a restart, a change or a new release; a one-off is ended.
    package func stop(_ name: DynoName, in app: AppID) async throws {
        guard
            let dyno = apps[app]?.dynos.values.first(where: {
                $0.name == name && $0.role != .leaving && $0.state != .complete
            })
        else {
            throw PlatformError.noSuchDyno("\(name)")
        }
        if dyno.role == .formation {
            if dyno.state.logged != DynoState.down.logged {
                await say("State changed from \(dyno.state.logged) to down", about: name, in: app)
            }
            await retire([dyno.id], in: app)
            let id = DynoID()
            var down = dyno.stoppedCopy(id: id, as: .down, at: machines.time.now())
            down.policy.started()
            apps[app]?.dynos[id] = down
            await publish()
        } else if let handle = dyno.handle {
            await stop(handle)
        }
    }

    /// For `paas down`: everything ends, and nothing is started any more.
    package func stopEverything() async {
        isClosing = true
        while launching > 0 {
            do { try await machines.time.sleep(.milliseconds(5)) } catch { break }  // The daemon is being ended.
        }
        // What is kept for a client that may still ask goes with everything, below.
        let running = apps.values.flatMap(\.dynos.values).filter { $0.state != .complete }
        let handles = running.compactMap(\.handle)
        for (app, state) in apps {
            for id in state.dynos.keys { apps[app]?.dynos[id]?.role = .leaving }
        }
        await withDiscardingTaskGroup { group in
            for handle in handles {
                group.addTask { [self] in
                    await stop(handle)
                    _ = await ending(of: handle.id, in: handle.app)
                }
            }
        }
        // They may be what the apps were finishing with.
        await machines.servers.stopEverything()
        await machines.runtime.removeEverything()
    }
}

extension LiveDyno {
    /// The empty place of a dyno that was stopped by hand, or sleeps.
    func stoppedCopy(id: DynoID, as state: DynoState, at now: Timestamp) -> LiveDyno {
        LiveDyno(
            id: id, name: name, command: command, size: size, releaseVersion: releaseVersion, role: .formation,
            state: state, since: now, policy: policy, wantsPort: wantsPort)
    }
}
