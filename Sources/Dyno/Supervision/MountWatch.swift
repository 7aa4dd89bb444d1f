internal import CPosix
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#endif

/// Tells of every mount and unmount on this machine, until it is let go of.
final class MountWatch: Sendable {
    private let stop: Int32

    /// - Parameter changed: called on a thread of this watch's own.
    init(_ changed: @escaping @Sendable () -> Void) throws(PosixError) {
        let (near, far) = try UnixSocket.pair()
        let end = Descriptor(owning: far)
        do {
            let mounts = try Descriptor(opening: "/proc/self/mountinfo").release()
            let stopped = end.release()
            startThread(named: "paas-mounts") {
                var waiting = [
                    pollfd(fd: mounts, events: Int16(POLLPRI), revents: 0),
                    pollfd(fd: stopped, events: Int16(POLLIN), revents: 0),
                ]
                while poll(&waiting, 2, -1) >= 0 || errno == EINTR, waiting[1].revents == 0 {
                    if waiting[0].revents != 0 { changed() }
                }
                close(mounts)
                close(stopped)
            }
        } catch {
            close(near)
            throw error
        }
        stop = near
    }

    deinit { close(stop) }
}
