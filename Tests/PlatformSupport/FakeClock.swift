internal import Model
package import Platform
internal import Synchronization

/// A clock that stands still until a test moves it.
package final class FakeClock: Sendable {
    private struct Sleeper {
        let deadline: Timestamp
        let continuation: CheckedContinuation<Void, any Error>
    }
    private struct Watcher {
        let deadline: Timestamp
        let continuation: CheckedContinuation<Void, Never>
    }
    private struct State {
        var now: Timestamp
        var nextID: UInt64 = 0
        var sleepers: [UInt64: Sleeper] = [:]
        var watchers: [Watcher] = []
    }
    private let state: Mutex<State>

    /// - Parameter now: `2026-01-31T22:00:00Z`.
    package init(_ now: String = "2026-03-10T12:00:00Z") {
        state = Mutex(State(now: Timestamp(iso8601: now) ?? Timestamp(microseconds: 0)))
    }

    package var time: Time {
        Time(now: { [self] in state.withLock { $0.now } }, sleep: { [self] in try await sleep($0) })
    }

    /// Moves the clock; who slept until then wakes.
    package func advance(by duration: Duration) {
        let woken = state.withLock { state in
            state.now = state.now.adding(duration)
            let due = state.sleepers.filter { $0.value.deadline <= state.now }
            for id in due.keys { state.sleepers[id] = nil }
            return due.values.map(\.continuation)
        }
        for sleeper in woken { sleeper.resume() }
    }

    /// Returns once somebody sleeps until exactly that time from now.
    package func isAwaited(in duration: Duration) async {
        await withCheckedContinuation { continuation in
            let isAwaited = state.withLock { state in
                let deadline = state.now.adding(duration)
                if state.sleepers.values.contains(where: { $0.deadline == deadline }) { return true }
                state.watchers.append(Watcher(deadline: deadline, continuation: continuation))
                return false
            }
            if isAwaited { continuation.resume() }
        }
    }

    private func sleep(_ duration: Duration) async throws {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let (isOver, watchers) = state.withLock { state -> (Bool, [Watcher]) in
                    guard !Task.isCancelled else { return (true, []) }
                    let deadline = state.now.adding(duration)
                    state.sleepers[id] = Sleeper(deadline: deadline, continuation: continuation)
                    let watchers = state.watchers.filter { $0.deadline == deadline }
                    state.watchers.removeAll { $0.deadline == deadline }
                    return (false, watchers)
                }
                for watcher in watchers { watcher.continuation.resume() }
                if isOver { continuation.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            let sleeper = state.withLock { $0.sleepers.removeValue(forKey: id) }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }
}
