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
        // Not as strings, which every shim would have a copy of.
        guard CommandLine.argc == 2, let argument = CommandLine.unsafeArgv[1], strncmp(argument, "nursery ", 8) == 0
        else {
            let usage = Array("paas-dyno is started by paasd, for all its dynos.\n".utf8)
            _ = usage.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
            return 2
        }
        let room = strlen(argument)
        memset(argument + 7, 0, room - 7)
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
                let folder = String(decoding: bytes, as: UTF8.self)
                // Whoever looks for the dyno of a process finds it there.
                strncpy(argument, folder, min(bytes.count, room))
                guard take(descriptors) else { return 1 }
                return serve(RunFolder(path: folder))
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
        _ = chdir("/")
        _ = cpx_ignore_broken_pipes()
        _ = cpx_adopt_orphans()
        guard let lock = try? Descriptor(opening: folder.lock, O_RDWR | O_CREAT), take(lock), isAt(folder.lock, lock)
        else { return 1 }
        let daemon = Descriptor(owning: 0)
        do {
            let plan = try readPlan(from: daemon)
            let client = ShimClient(daemon)
            do {
                let shim = try Shim(plan: plan, folder: folder, lock: lock, daemon: client)
                return shim.run()
            } catch {
                client.tell(.failed(error))
                return 1
            }
        } catch {
            // The daemon died before it had said what to do.
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

    private static func readPlan(from daemon: borrowing Descriptor) throws -> LaunchPlan {
        var decoder = FrameDecoder()
        while true {
            if let frame = try decoder.next() {
                guard case .launch(let bytes) = try ShimRequest(frame) else { throw ByteReader.Malformed() }
                return try LaunchPlan(decoding: bytes)
            }
            let bytes = try daemon.read(atMost: 262_144)
            guard !bytes.isEmpty else { throw ByteReader.Malformed() }
            decoder.append(bytes)
        }
    }
}
