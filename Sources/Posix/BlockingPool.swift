internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// A few threads for calls that block (libgit2, file trees, waiting for a process), so that the cooperative pool
/// never does.
package final class BlockingPool: Sendable {
    private struct State {
        var jobs: [@Sendable () -> Void] = []
        var idle = 0
        var threads = 0
    }
    private let state = Mutex(State())
    private let ready = Semaphore()
    private let limit: Int

    /// - Parameter limit: the most threads; they are started when needed and stay.
    package init(limit: Int = 8) { self.limit = limit }

    /// Runs `body` on a thread of the pool and gives back what it returns or throws.
    package func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let job: @Sendable () -> Void = { continuation.resume(with: Result { try body() }) }
            let startsThread = state.withLock { state in
                state.jobs.append(job)
                guard state.idle < state.jobs.count, state.threads < limit else { return false }
                state.threads += 1
                return true
            }
            if startsThread { startThread(named: "paas-blocking") { [self] in work() } }
            ready.signal()
        }
    }

    private func work() {
        while true {
            state.withLock { $0.idle += 1 }
            ready.wait()
            let job = state.withLock { state in
                state.idle -= 1
                return state.jobs.isEmpty ? nil : state.jobs.removeFirst()
            }
            job?()
        }
    }
}

/// A counting semaphore of the operating system.
private final class Semaphore: @unchecked Sendable {  // A sem_t is made to be shared between threads.
    #if canImport(Glibc)
        private let handle = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
        init() { sem_init(handle, 0, 0) }
        func signal() { sem_post(handle) }
        func wait() { while sem_wait(handle) != 0 {} }
    #else
        private let count = Mutex(0)
        private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
        private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
        init() {
            pthread_cond_init(condition, nil)
            pthread_mutex_init(mutex, nil)
        }
        func signal() {
            pthread_mutex_lock(mutex)
            count.withLock { $0 += 1 }
            pthread_cond_signal(condition)
            pthread_mutex_unlock(mutex)
        }
        func wait() {
            pthread_mutex_lock(mutex)
            while count.withLock({ $0 == 0 }) { pthread_cond_wait(condition, mutex) }
            count.withLock { $0 -= 1 }
            pthread_mutex_unlock(mutex)
        }
    #endif
}
