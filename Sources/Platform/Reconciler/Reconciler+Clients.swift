internal import Dyno
package import Model

/// The clients of attached one-off dynos. Source: heroku-platform.md §2.1, "one-off, client lost"; §14.
extension Reconciler {
    /// How long a dyno waits for its client to come, or to come back after a restart of the daemon; and how long what
    /// it said is kept for a client that has not had it.
    static let patience = Duration.seconds(30)

    /// Joins a client to a one-off dyno; ``clientLeft(_:in:isServed:)`` has to follow.
    ///
    /// - Parameter position: how many bytes of its output the client has already.
    package func attach(to id: DynoID, in app: AppID, from position: UInt64) async throws -> DynoSession {
        guard let handle = apps[app]?.dynos[id]?.handle else { throw PlatformError.noSuchDyno("\(id)") }
        apps[app]?.dynos[id]?.clients += 1
        do {
            return try await handle.attach(position)
        } catch {
            apps[app]?.dynos[id]?.clients -= 1
            throw error
        }
    }

    /// - Parameter isServed: it has had everything, to the exit status; else the dyno is hung up on.
    package func clientLeft(_ id: DynoID, in app: AppID, isServed: Bool) async {
        apps[app]?.dynos[id]?.clients -= 1
        if isServed { apps[app]?.dynos[id]?.isServed = true }
        guard let dyno = apps[app]?.dynos[id], dyno.clients == 0, !isClosing else { return }
        if dyno.state == .complete, isServed { return await forgetComplete(id, in: app) }
        if dyno.state != .complete, !isServed { await hangUp(id, in: app) }
    }

    /// For a dyno without a client at this moment.
    func hangUpUnlessAttached(_ id: DynoID, in app: AppID, within limit: Duration = patience) async {
        do { try await machines.time.sleep(limit) } catch { return }  // The daemon stops.
        guard let dyno = apps[app]?.dynos[id], dyno.clients == 0, dyno.state != .complete, !dyno.isHungUp else {
            return
        }
        await hangUp(id, in: app)
    }

    /// SIGHUP up to three times, and then the line that says that it had no effect.
    private func hangUp(_ id: DynoID, in app: AppID) async {
        apps[app]?.dynos[id]?.isHungUp = true
        for _ in 1...3 {
            guard let dyno = running(id, in: app), let handle = dyno.handle, dyno.clients == 0 else { return }
            await say("Client connection closed. Sending SIGHUP to all processes", about: dyno.name, in: app)
            await handle.signal(1)
            do { try await machines.time.sleep(.seconds(5)) } catch { return }  // The daemon stops.
        }
        guard let dyno = running(id, in: app), dyno.clients == 0 else { return }
        await say(RuntimeFault.detached.line(seconds: 0), about: dyno.name, in: app)
    }

    private func running(_ id: DynoID, in app: AppID) -> LiveDyno? {
        apps[app]?.dynos[id].flatMap { $0.state == .complete ? nil : $0 }
    }

    /// A command may end before its client has come, or while its client looks for a new daemon.
    ///
    /// - Returns: whether it has to stay a while.
    func keepForClient(_ id: DynoID, in app: AppID) -> Bool {
        guard let dyno = apps[app]?.dynos[id], dyno.isAttached, dyno.handle != nil, !isClosing, !dyno.isHungUp,
            !dyno.isServed || dyno.clients > 0
        else { return false }
        apps[app]?.dynos[id]?.state = .complete
        later { [self] in
            do { try await machines.time.sleep(Self.patience) } catch { return }  // The daemon stops.
            await forgetUnlessAttached(id, in: app)
        }
        return true
    }

    private func forgetUnlessAttached(_ id: DynoID, in app: AppID) async {
        if apps[app]?.dynos[id]?.clients == 0 { await forgetComplete(id, in: app) }
    }

    private func forgetComplete(_ id: DynoID, in app: AppID) async {
        guard let dyno = apps[app]?.dynos.removeValue(forKey: id) else { return }
        await dyno.handle?.release()
    }
}
