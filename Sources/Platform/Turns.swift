internal import Synchronization

/// One at a time for each key (an app's id, say), first come, first served.
final class Turns<Key: Hashable & Sendable>: Sendable {
    private struct Waiter {
        let id: UInt64
        let continuation: CheckedContinuation<Bool, Never>
    }
    private struct Queue {
        var isTaken = false
        var waiters: [Waiter] = []
    }
    private struct State {
        var queues: [Key: Queue] = [:]
        var nextID: UInt64 = 0
    }
    private let state = Mutex(State())

    /// Whether somebody has the turn now.
    func isTaken(_ key: Key) -> Bool { state.withLock { $0.queues[key] != nil } }

    /// How many wait for their turn.
    func waiting(for key: Key) -> Int { state.withLock { $0.queues[key]?.waiters.count ?? 0 } }

    /// Whether anybody has any turn now.
    var isAnyTaken: Bool { state.withLock { !$0.queues.isEmpty } }

    /// Runs `body` when it is this call's turn; a cancelled wait throws `CancellationError`.
    func take<Value>(_ key: Key, _ body: () async throws -> Value) async throws -> Value {
        guard await wait(key) else { throw CancellationError() }
        defer { pass(key) }
        return try await body()
    }

    /// Runs `body` when nobody has the turn now.
    ///
    /// - Returns: whether it was run.
    func takeIfFree(_ key: Key, _ body: () async -> Void) async -> Bool {
        let isMine = state.withLock { state in
            guard state.queues[key] == nil else { return false }
            state.queues[key] = Queue(isTaken: true)
            return true
        }
        guard isMine else { return false }
        defer { pass(key) }
        await body()
        return true
    }

    private func wait(_ key: Key) async -> Bool {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isMine = state.withLock { state -> Bool? in
                    if Task.isCancelled { return false }
                    guard state.queues[key] != nil else {
                        state.queues[key] = Queue(isTaken: true)
                        return true
                    }
                    state.queues[key]?.waiters.append(Waiter(id: id, continuation: continuation))
                    return nil
                }
                if let isMine { continuation.resume(returning: isMine) }
            }
        } onCancel: {
            let waiter = state.withLock { state -> Waiter? in
                guard let index = state.queues[key]?.waiters.firstIndex(where: { $0.id == id }) else { return nil }
                return state.queues[key]?.waiters.remove(at: index)
            }
            waiter?.continuation.resume(returning: false)
        }
    }

    private func pass(_ key: Key) {
        let next = state.withLock { state -> Waiter? in
            guard state.queues[key]?.waiters.isEmpty == false else {
                state.queues[key] = nil
                return nil
            }
            return state.queues[key]?.waiters.removeFirst()
        }
        next?.continuation.resume(returning: true)
    }
}
