internal import Synchronization

/// Whether a process has ended, told by the thread that waits for it.
final class ProcessEnd: Sendable {
    private struct State {
        var hasCome = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }
    private let state = Mutex(State())

    var hasCome: Bool { state.withLock { $0.hasCome } }

    func set() {
        let waiters = state.withLock { state in
            state.hasCome = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Returns when the process has ended and nothing of it is left.
    func wait() async {
        await withCheckedContinuation { continuation in
            let hasCome = state.withLock { state in
                if !state.hasCome { state.waiters.append(continuation) }
                return state.hasCome
            }
            if hasCome { continuation.resume() }
        }
    }
}

/// Carries what was already received into the task that reads on.
final class PendingInput: @unchecked Sendable {  // Handed from one owner to the next, never shared.
    private var input: ControlInput

    init(_ input: consuming ControlInput) { self.input = input }

    func take() -> ControlInput {
        var taken = ControlInput()
        swap(&taken, &input)
        return taken
    }
}
