internal import CPosix

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// A lock that a process holds as long as it lives: the kernel frees it however the process ends.
package struct FileLock: ~Copyable, Sendable {
    private let file: Descriptor

    /// - Returns: `nil` when another process holds it.
    package static func take(_ path: String) throws(PosixError) -> FileLock? {
        let file = try Descriptor(opening: path, O_RDWR | O_CREAT)
        if flock(file.raw, LOCK_EX | LOCK_NB) == 0 { return FileLock(file: file) }
        guard errno == EWOULDBLOCK else { throw .last("flock \(path)") }
        return nil
    }

    /// As ``take(_:)``, but waits on this thread until nobody else holds it; for locks that are held for moments.
    package static func wait(_ path: String) throws(PosixError) -> FileLock {
        let file = try Descriptor(opening: path, O_RDWR | O_CREAT)
        while flock(file.raw, LOCK_EX) != 0 {
            guard errno == EINTR else { throw .last("flock \(path)") }
        }
        return FileLock(file: file)
    }

    /// Whether a process holds the lock at `path`, which is not taken for that; others may look at the same time.
    package static func isHeld(_ path: String) throws(PosixError) -> Bool {
        let file: Descriptor
        do { file = try Descriptor(opening: path, O_RDWR) } catch {
            if error.isNotFound { return false }
            throw error
        }
        if flock(file.raw, LOCK_SH | LOCK_NB) == 0 { return false }
        guard errno == EWOULDBLOCK else { throw .last("flock \(path)") }
        return true
    }

    /// Whether `path` still names the locked file, rather than nothing or a newer one.
    package func isAt(_ path: String) -> Bool {
        var here = stat()
        var there = stat()
        guard fstat(file.raw, &here) == 0, stat(path, &there) == 0 else { return false }
        return here.st_dev == there.st_dev && here.st_ino == there.st_ino
    }

    private init(file: consuming Descriptor) { self.file = file }
}
