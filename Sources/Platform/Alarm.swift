internal import Model
internal import Synchronization

/// A wait for a time that can be cut short; for one waiter.
final class Alarm: Sendable {
    private struct State {
        var isRung = false
        var sleeper: CheckedContinuation<Void, Never>?
    }
    private let state = Mutex(State())

    /// Ends the wait, or the next one.
    func ring() {
        let sleeper = state.withLock { state in
            defer { state.sleeper = nil }
            state.isRung = state.sleeper == nil
            return state.sleeper
        }
        sleeper?.resume()
    }

    /// Returns after `duration` (`nil`: never), when it is rung, or when the task is cancelled.
    func wait(_ duration: Duration?, _ time: Time) async {
        let end = duration.map { time.now().adding($0) }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.untilRung() }
            // Cancelled: it was rung first.
            if let end { group.addTask { try? await time.sleepUntil(end) } }
            await group.next()
            group.cancelAll()
        }
    }

    private func untilRung() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.isRung || Task.isCancelled {
                        state.isRung = false
                        return true
                    }
                    state.sleeper = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                defer { state.sleeper = nil }
                return state.sleeper
            }
            sleeper?.resume()
        }
    }
}
