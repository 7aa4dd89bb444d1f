import Posix
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Lets a thread wait for a task.
final class Gate: @unchecked Sendable {  // A semaphore is made to be shared between threads.
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
    init() { sem_init(semaphore, 0, 0) }
    func open() { sem_post(semaphore) }
    func wait() { while sem_wait(semaphore) != 0 {} }
    deinit { semaphore.deallocate() }
}

/// A folder for one test.
final class Scratch: Sendable {
    let path: String

    init(name: String = "router") throws {
        var template = Array("/tmp/paas-\(name)-XXXXXX".utf8CString)
        path = try #require(mkdtemp(&template).map { String(cString: $0) })
    }

    deinit { try? FileTree.remove(path) }
}

/// Waits up to five seconds for a connection.
func acceptOne(_ listener: Int32) -> Int32? {
    var waiting = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
    guard poll(&waiting, 1, 5000) > 0 else { return nil }
    let connection = accept(listener, nil, nil)
    return connection >= 0 ? connection : nil
}
