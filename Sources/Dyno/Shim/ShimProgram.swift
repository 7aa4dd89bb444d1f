internal import CPosix
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#endif

/// The program `paas-dyno`: it forks shims, each the parent of one dyno. A shim's descriptor 0 is a socket to the daemon,
/// which brings the plan; nothing secret is in the arguments or the environment.
package enum ShimProgram {
    /// Until the daemon closes descriptor 0. Each message is a run folder with the shim's descriptors; the answer is one
    /// byte, an `errno` or 0.
    ///
    /// - Returns: the exit status: 2 when it was not started as it should be.
    package static func run() -> Int32 {
        guard ShimTitle.isNursery else {
            let usage = Array("paas-dyno is started by paasd, for all its dynos.\n".utf8)
            _ = usage.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
            return 2
        }
        ShimTitle.shorten()
        signal(SIGCHLD, SIG_IGN)  // The kernel reaps.
        ShimRehearsal.run()
        let daemon = Descriptor(owning: 0)
        while true {
            guard let (bytes, descriptors) = try? UnixSocket.receive(atMost: 4096, from: daemon), !bytes.isEmpty else {
                return 0
            }
            let process = cpx_fork()
            let code = errno
            if process == 0 {
                _ = daemon.release()
                guard take(descriptors) else { return 1 }
                return serve(RunFolder(path: String(decoding: bytes, as: UTF8.self)))
            }
            for number in descriptors { close(number) }
            try? daemon.writeAll([process > 0 ? 0 : UInt8(clamping: code)])
        }
    }

    /// In a shim: makes them 0, 1, 2, …, and closes every other one.
    private static func take(_ descriptors: [Int32]) -> Bool {
        setsid()
        signal(SIGCHLD, SIG_DFL)
        // Out of the way of the numbers to be given, then into place.
        let safe = descriptors.map { fcntl($0, F_DUPFD, 64) }
        for (target, number) in safe.enumerated() where dup2(number, Int32(target)) < 0 { return false }
        return cpx_close_range(UInt32(safe.count), UInt32.max) == 0
    }

    private static func serve(_ folder: RunFolder) -> Int32 {
        ShimTitle.show(folder)
        _ = chdir("/")
        _ = cpx_ignore_broken_pipes()
        _ = cpx_adopt_orphans()
        guard let lock = try? Descriptor(opening: folder.lock, O_RDWR | O_CREAT), take(lock), isAt(folder.lock, lock)
        else { return 1 }
        let daemon = Descriptor(owning: 0)
        do {
            var decoder = FrameDecoder()
            switch try ShimRequest(decoder.next(from: daemon)) {
            case .launch(let plan)?:
                return serve(try LaunchPlan(decoding: plan), folder, lock, ShimClient(daemon))
            case .prepare(let common)?:
                let standby = try Standby(plan: LaunchPlan(decoding: common), folder: folder, lock: lock)
                do {
                    try daemon.writeAll(ShimReport.hello(version: ShimRequest.version, shim: getpid()).frame.bytes)
                    guard case .become(let path, let bytes)? = try ShimRequest(decoder.next(from: daemon)) else {
                        throw ByteReader.Malformed()
                    }
                    let plan = try LaunchPlan(decoding: bytes)
                    ShimTitle.show(RunFolder(path: path))
                    return serve(plan, RunFolder(path: path), lock, ShimClient(daemon), standby)
                } catch {
                    standby.discard()
                    return 1
                }
            default: return 1
            }
        } catch {
            // The daemon died before it had said what to do.
            return 1
        }
    }

    private static func serve(
        _ plan: LaunchPlan, _ folder: RunFolder, _ lock: borrowing Descriptor, _ daemon: ShimClient,
        _ standby: Standby? = nil
    ) -> Int32 {
        do {
            return try Shim(plan: plan, folder: folder, lock: lock, daemon: daemon, standby: standby).run()
        } catch {
            daemon.tell(.failed(error))
            return 1
        }
    }

    /// A daemon that looks whether somebody lives here holds the lock for a moment.
    private static func take(_ lock: borrowing Descriptor) -> Bool {
        for _ in 0..<100 {
            if cpx_lock(lock.raw, 0) == 0 { return true }
            usleep(2000)
        }
        return false
    }

    /// Whether the folder is still there: a daemon that found it without a shim removes it.
    private static func isAt(_ path: String, _ lock: borrowing Descriptor) -> Bool {
        var here = stat()
        var there = stat()
        return fstat(lock.raw, &here) == 0 && stat(path, &there) == 0 && here.st_ino == there.st_ino
    }
}
