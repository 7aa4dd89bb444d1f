#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Waiting for several descriptors on one thread, for a loop that has no other work.
package enum Polling {
    /// Waits until something can be read, or has ended, or the time is over.
    ///
    /// - Parameter milliseconds: `nil` waits for good.
    /// - Returns: the descriptors that are ready; none when the time is over or a signal came.
    package static func readable(_ descriptors: [Int32], within milliseconds: Int?) -> Set<Int32> {
        var polls = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        guard poll(&polls, nfds_t(polls.count), Int32(clamping: milliseconds ?? -1)) > 0 else { return [] }
        return Set(polls.filter { $0.revents != 0 }.map(\.fd))
    }
}
