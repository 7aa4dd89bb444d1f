internal import CPosix
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#endif

/// The program `paas-dyno RUN-FOLDER`: the parent of one dyno. Descriptor 0 is a socket to the daemon, which brings the
/// plan; nothing secret is in the arguments or the environment.
package enum ShimProgram {
    /// - Returns: the exit status: 2 when it was not started as it should be.
    package static func run(arguments: [String]) -> Int32 {
        guard arguments.count == 2, FileTree.isFolder(arguments[1]) else {
            let usage = Array("paas-dyno is started by paasd, one for each dyno.\n".utf8)
            _ = usage.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
            return 2
        }
        // The daemon reaps this process at once; the one that stays has no terminal and no parent that could end it.
        let stays = cpx_fork()
        if stays != 0 { return stays > 0 ? 0 : 1 }
        setsid()
        return serve(RunFolder(path: arguments[1]))
    }

    private static func serve(_ folder: RunFolder) -> Int32 {
        _ = chdir("/")
        _ = cpx_ignore_broken_pipes()
        _ = cpx_adopt_orphans()
        guard let lock = try? Descriptor(opening: folder.lock, O_RDWR | O_CREAT), take(lock), isAt(folder.lock, lock)
        else { return 1 }
        let daemon = Descriptor(owning: 0)
        do {
            var decoder = FrameDecoder()
            switch try nextRequest(from: daemon, &decoder) {
            case .launch(let plan)?:
                return serve(try LaunchPlan(decoding: plan), folder, lock, ShimClient(daemon))
            case .prepare(let common)?:
                let standby = try Standby(plan: LaunchPlan(decoding: common), folder: folder, lock: lock)
                do {
                    try daemon.writeAll(ShimReport.hello(version: ShimRequest.version, shim: getpid()).frame.bytes)
                    guard case .become(let path, let bytes)? = try nextRequest(from: daemon, &decoder) else {
                        throw ByteReader.Malformed()
                    }
                    let plan = try LaunchPlan(decoding: bytes)
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

    private static func nextRequest(
        from daemon: borrowing Descriptor, _ decoder: inout FrameDecoder
    ) throws -> ShimRequest? {
        while true {
            if let frame = try decoder.next() { return try ShimRequest(frame) }
            let bytes = try daemon.read(atMost: 262_144)
            guard !bytes.isEmpty else { throw ByteReader.Malformed() }
            decoder.append(bytes)
        }
    }
}
