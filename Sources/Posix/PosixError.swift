internal import CPosix

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// A system call that failed.
package struct PosixError: Error, Hashable, CustomStringConvertible {
    /// The `errno` it left, for example `ENOENT`.
    package let code: Int32
    /// The call and what it was about: `open /tmp/x`.
    package let call: String

    package init(_ code: Int32, _ call: String) {
        self.code = code
        self.call = call
    }

    /// The failure of the call that has just returned on this thread.
    package static func last(_ call: @autoclosure () -> String) -> PosixError {
        let code = errno
        return PosixError(code, call())
    }

    package var reason: String { String(cString: strerror(code)) }
    package var description: String { "\(call): \(reason)" }
    package var isNotFound: Bool { code == ENOENT || code == ENOTDIR }
    /// The other end was closed.
    package var isBrokenPipe: Bool { code == EPIPE || code == ECONNRESET }
    /// Nobody was there to connect to.
    package var isUnheard: Bool { code == ECONNREFUSED || isNotFound }
    /// The disk, or the user's share of it, is full.
    package var isNoSpace: Bool { code == ENOSPC || code == EDQUOT }
    /// Somebody else has the address.
    package var isTaken: Bool { code == EADDRINUSE }
    /// This user may not.
    package var isForbidden: Bool { code == EACCES || code == EPERM }
    package var isAgain: Bool { code == EAGAIN || code == EINTR }
}

/// Passes a call's result on, and throws what `errno` says when it is negative.
@discardableResult
package func posix<Value: SignedInteger>(_ result: Value, _ call: @autoclosure () -> String) throws(PosixError) -> Value
{
    guard result >= 0 else { throw PosixError.last(call()) }
    return result
}

/// The same for what most calls return: without what a generic function costs the process that runs it.
@discardableResult
package func posix(_ result: Int32, _ call: @autoclosure () -> String) throws(PosixError) -> Int32 {
    guard result >= 0 else { throw PosixError.last(call()) }
    return result
}
