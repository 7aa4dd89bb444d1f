internal import Model
internal import Synchronization

/// One at a time for each app, first come, first served.
final class Turns: Sendable {
    private struct Waiter {
        let id: UInt64
        let continuation: CheckedContinuation<Bool, Never>
    }
    private struct Queue {
        var isTaken = false
        var waiters: [Waiter] = []
    }
    private struct State {
        var queues: [AppID: Queue] = [:]
        var nextID: UInt64 = 0
    }
    private let state = Mutex(State())

    /// Whether somebody has the turn now.
    func isTaken(_ app: AppID) -> Bool { state.withLock { $0.queues[app] != nil } }

    /// How many wait for their turn.
    func waiting(for app: AppID) -> Int { state.withLock { $0.queues[app]?.waiters.count ?? 0 } }

    /// Whether anybody has any turn now.
    var isAnyTaken: Bool { state.withLock { !$0.queues.isEmpty } }

    /// Runs `body` when it is this call's turn; a cancelled wait throws `CancellationError`.
    func take<Value>(_ app: AppID, _ body: () async throws -> Value) async throws -> Value {
        guard await wait(app) else { throw CancellationError() }
        defer { pass(app) }
        return try await body()
    }

    /// Runs `body` when nobody has the turn now.
    ///
    /// - Returns: whether it was run.
    func takeIfFree(_ app: AppID, _ body: () async -> Void) async -> Bool {
        let isMine = state.withLock { state in
            guard state.queues[app] == nil else { return false }
            state.queues[app] = Queue(isTaken: true)
            return true
        }
        guard isMine else { return false }
        defer { pass(app) }
        await body()
        return true
    }

    private func wait(_ app: AppID) async -> Bool {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isMine = state.withLock { state -> Bool? in
                    if Task.isCancelled { return false }
                    guard state.queues[app] != nil else {
                        state.queues[app] = Queue(isTaken: true)
                        return true
                    }
                    state.queues[app]?.waiters.append(Waiter(id: id, continuation: continuation))
                    return nil
                }
                if let isMine { continuation.resume(returning: isMine) }
            }
        } onCancel: {
            let waiter = state.withLock { state -> Waiter? in
                guard let index = state.queues[app]?.waiters.firstIndex(where: { $0.id == id }) else { return nil }
                return state.queues[app]?.waiters.remove(at: index)
            }
            waiter?.continuation.resume(returning: false)
        }
    }

    private func pass(_ app: AppID) {
        let next = state.withLock { state -> Waiter? in
            guard state.queues[app]?.waiters.isEmpty == false else {
                state.queues[app] = nil
                return nil
            }
            return state.queues[app]?.waiters.removeFirst()
        }
        next?.continuation.resume(returning: true)
    }
}
