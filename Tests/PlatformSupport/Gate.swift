internal import Synchronization

/// Where tasks wait while it is closed; it is open at first.
package final class Gate: Sendable {
    private struct State {
        var isOpen = true
        var waiting: [CheckedContinuation<Void, Never>] = []
        var most = 0
    }

    private let state = Mutex(State())

    package init() {}

    package func pass() async {
        await withCheckedContinuation { task in
            let passes = state.withLock { state in
                if state.isOpen { return true }
                state.waiting.append(task)
                state.most = max(state.most, state.waiting.count)
                return false
            }
            if passes { task.resume() }
        }
    }

    package func close() { state.withLock { $0.isOpen = false } }

    package func open() {
        let freed = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for task in freed { task.resume() }
    }

    /// Lets one through that waits now.
    package func admitOne() {
        state.withLock { $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }?.resume()
    }

    /// How many wait now.
    package var waiting: Int { state.withLock { $0.waiting.count } }
    /// How many have waited at one time.
    package var most: Int { state.withLock { $0.most } }
}
