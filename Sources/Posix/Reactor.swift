internal import CPosix
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// One thread that tells waiting tasks when their descriptor is ready; the daemon's and the CLI's way to wait.
///
/// The router's loops do not use it: they own their descriptors and wait by themselves.
package final class Reactor: Sendable {
    package enum Readiness: Sendable { case readable, writable }

    private struct Waiter {
        let descriptor: Int32
        let continuation: CheckedContinuation<Void, any Error>
    }
    private struct State {
        var nextTag: UInt64 = 1
        var waiters: [UInt64: Waiter] = [:]
        var cancelled: Set<UInt64> = []
    }

    private let epoll: Int32
    private let state = Mutex(State())

    /// Starts the thread, which lives as long as the process.
    package init() throws(PosixError) {
        epoll = try posix(cpx_epoll_create(), "epoll_create1")
        startThread(named: "paas-reactor") { [self] in run() }
    }

    /// Returns when `descriptor` is ready, or has an error to be read; throws `CancellationError` when the task is
    /// cancelled meanwhile. At most one task may wait for a descriptor at a time, and it stays open meanwhile.
    package func wait(_ descriptor: Int32, for readiness: Readiness) async throws {
        let tag = state.withLock { state in
            defer { state.nextTag += 1 }
            return state.nextTag
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let failure: (any Error)? = state.withLock { state in
                    if state.cancelled.remove(tag) != nil { return CancellationError() }
                    let events = readiness == .readable ? CPX_READABLE : CPX_WRITABLE
                    guard cpx_epoll_arm_once(epoll, descriptor, UInt32(events), tag) == 0 else {
                        return PosixError.last("epoll_ctl")
                    }
                    state.waiters[tag] = Waiter(descriptor: descriptor, continuation: continuation)
                    return nil
                }
                if let failure { continuation.resume(throwing: failure) }
            }
        } onCancel: {
            let waiter = state.withLock { state -> Waiter? in
                guard let waiter = state.waiters.removeValue(forKey: tag) else {
                    state.cancelled.insert(tag)
                    return nil
                }
                _ = cpx_epoll_remove(epoll, waiter.descriptor)
                return waiter
            }
            waiter?.continuation.resume(throwing: CancellationError())
        }
        _ = state.withLock { $0.cancelled.remove(tag) }
    }

    private func run() {
        let events = UnsafeMutablePointer<cpx_event>.allocate(capacity: 64)
        while true {
            let count = cpx_epoll_wait(epoll, events, 64, -1)
            guard count > 0 else { continue }
            for index in 0..<Int(count) {
                let tag = events[index].tag
                let waiter = state.withLock { $0.waiters.removeValue(forKey: tag) }
                waiter?.continuation.resume()
            }
        }
    }
}

/// Starts a thread of the operating system with all signals blocked.
package func startThread(named name: String, _ body: @escaping @Sendable () -> Void) {
    final class Box {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    let box = Unmanaged.passRetained(Box(body))
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_BLOCK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    #if canImport(Glibc)
        var thread = pthread_t()
    #else
        var thread: pthread_t?
    #endif
    let result = pthread_create(
        &thread, nil,
        { pointer in
            #if canImport(Glibc)
                guard let pointer else { return nil }
            #endif
            let box = Unmanaged<Box>.fromOpaque(pointer).takeRetainedValue()
            box.body()
            return nil
        }, box.toOpaque())
    precondition(result == 0, "no thread \(name): \(result)")
    #if canImport(Glibc)
        pthread_detach(thread)
    #else
        if let thread { pthread_detach(thread) }
    #endif
}
