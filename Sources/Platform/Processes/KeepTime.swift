internal import Model

extension Platform {
    /// Does what time alone asks for: apps that nobody asks for fall asleep, dyno-hours are counted, dynos are cycled,
    /// scheduled jobs run, databases are backed up.
    ///
    /// It waits for the next moment at which something is due, or for a change. The daemon runs it until it stops.
    package func keepTime() async {
        while !Task.isCancelled {
            await reconciler.alarm.wait(await attend(), machines.time)
        }
    }

    /// - Returns: how long nothing is due; `nil` when nothing ever is.
    private func attend() async -> Duration? {
        guard await reconciler.isOpen else { return nil }
        var waits = [await reconciler.hoursReview()]
        waits.append(await scheduleReview())
        waits.append(await backupReview())
        let (sleepy, nextSleep) = await reconciler.sleepReview()
        for app in sleepy {
            let wasFree = await changes.takeIfFree(app) { await reconciler.fallAsleep(app) }
            // Whatever changes the app now, it is done in a while.
            if !wasFree { waits.append(.seconds(5)) }
        }
        let (old, nextCycle) = await reconciler.cyclingReview()
        for (app, dyno) in old {
            await reconciler.noteCycling(dyno, in: app)
            reconciler.later { [self] in
                // Cancelled: the daemon stops.
                try? await changes.take(app) { await reconciler.cycle(dyno, in: app) }
            }
        }
        return (waits + [nextSleep, nextCycle]).compactMap(\.self).min().map { max($0, .milliseconds(10)) }
    }
}
