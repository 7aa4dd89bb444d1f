internal import Model

/// The daily restart, for apps that want it. Source: heroku-platform.md §2.2, "daily restart".
extension Reconciler {
    /// The dynos whose day is over, and how long it takes until the next one's is.
    func cyclingReview() -> (due: [(app: AppID, dyno: DynoID)], next: Duration?) {
        let now = machines.time.now()
        var due: [(app: AppID, dyno: DynoID)] = []
        var next: Duration?
        for (app, state) in apps where state.app.has(.dailyCycling) {
            for dyno in state.dynos.values where dyno.role == .formation && dyno.state == .up {
                let left = (dyno.cycledAt ?? dyno.since).adding(.seconds(86_400) + dyno.cyclingDelay).since(now)
                if left <= .zero { due.append((app, dyno.id)) } else { next = min(next ?? left, left) }
            }
        }
        return (due, next)
    }

    /// From now on it is being restarted, and not due again before another day.
    func noteCycling(_ dyno: DynoID, in app: AppID) { apps[app]?.dynos[dyno]?.cycledAt = machines.time.now() }

    /// Restarts one dyno without a gap; when the new one does not come up, the old one runs on for another day. The
    /// caller has the app's turn.
    func cycle(_ id: DynoID, in app: AppID) async {
        guard let dyno = apps[app]?.dynos[id], dyno.role == .formation, dyno.state == .up else { return }
        let name = dyno.name
        await say("Cycling", about: name, in: app)
        do {
            try await restart(app) { $0 == name }
        } catch {
            let reason = (error as? BootFailure)?.reason ?? "\(error)"
            await say("Cycling failed, the dyno runs on: \(reason)", about: name, in: app)
        }
    }
}

extension LiveDyno {
    /// 0 to 216 minutes on top of a day, so that not all dynos restart at once; random as the id is, and the same for
    /// every daemon.
    var cyclingDelay: Duration {
        .seconds(Int64(stableHash("\(id)") % (216 * 60 + 1)))
    }
}
