internal import CPosix
internal import Posix
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#endif

/// Where shims come from: one `paas-dyno` that does nothing but fork them. A fork has its start-up behind it, and what
/// it never writes to is one and the same memory in all of them.
///
/// That process has no plan and ends when its socket does, with the daemon at the latest; the shims live on.
final class ShimNursery: Sendable {
    private struct Mother {
        /// -1 before there is one.
        var socket: Int32 = -1
        var process: Int32 = 0
    }

    private let program: String
    private let mother = Mutex(Mother())

    init(program: String) { self.program = program }

    deinit { mother.withLock { Self.end(&$0) } }

    /// Starts a shim, on this thread.
    ///
    /// - Parameter descriptors: what it gets as 0, 1, 2, …
    /// - Throws: ``PosixError``.
    func start(_ folder: RunFolder, descriptors: [Int32]) throws(PosixError) {
        try mother.withLock { (mother) throws(PosixError) in
            if mother.socket >= 0, (try? Self.ask(mother, folder, descriptors)) != nil { return }
            // There was none yet, or it has died, or hangs.
            Self.end(&mother)
            mother = try begin()
            try Self.ask(mother, folder, descriptors)
        }
    }

    private func begin() throws(PosixError) -> Mother {
        let (near, far) = try UnixSocket.pair()
        let end = Descriptor(owning: near)
        let given = Descriptor(owning: far)
        let null = try Descriptor(opening: "/dev/null", O_RDWR)
        let process = try Subprocess.start(
            program, arguments: [ShimTitle.nursery], environment: [:], folder: "/",
            descriptors: [given.raw, null.raw, null.raw])
        return Mother(socket: end.release(), process: process)
    }

    private static func end(_ mother: inout Mother) {
        guard mother.socket >= 0 else { return }
        close(mother.socket)
        kill(mother.process, SIGKILL)
        _ = try? Subprocess.wait(mother.process)
        mother = Mother()
    }

    private static func ask(_ mother: Mother, _ folder: RunFolder, _ descriptors: [Int32]) throws(PosixError) {
        let path = Array(folder.path.utf8)
        try posix(cpx_send_with_fds(mother.socket, path, path.count, descriptors, descriptors.count), "sendmsg")
        var code: UInt8 = 0
        let isThere = !Polling.readable([mother.socket], within: 3000).isEmpty && read(mother.socket, &code, 1) == 1
        guard isThere, code == 0 else { throw PosixError(isThere ? Int32(code) : ETIMEDOUT, "fork a shim") }
    }
}
