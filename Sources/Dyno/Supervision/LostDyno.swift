internal import CPosix
internal import Model
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#endif

/// A dyno whose shim is gone: makes sure that nothing of it runs on, and finds out how it ended.
struct LostDyno: Sendable {
    let folder: RunFolder
    let level: SandboxLevel

    /// - Returns: what the exit file says, else ``Ending/lost``.
    func settle(pool: BlockingPool) async -> ExitRecord {
        // The lock is free when the last process that watches over the dyno has gone.
        for _ in 0..<100 where isAlive { try? await Task.sleep(for: .milliseconds(10)) }
        await end(pool: pool)
        let settled = try? await pool.run { [self] in ExitRecord.load(from: folder) }
        return settled.flatMap { $0 } ?? lost
    }

    /// Ends what is left of the dyno, also a shim that answers nobody.
    func end(pool: BlockingPool) async {
        if isAlive { try? await pool.run { [self] in endHolders() } }
        for _ in 0..<500 where isAlive { try? await Task.sleep(for: .milliseconds(10)) }
        if !level.hasProcessNamespace, !isAlive { try? await pool.run { [self] in killLeftovers() } }
        WayOut.endLeftover(in: folder)
    }

    /// Ends the shim and the first process of what is no dyno yet, on this thread.
    func endNow() {
        if isAlive { endHolders() }
        for _ in 0..<500 where isAlive { usleep(10_000) }
    }

    private var lost: ExitRecord {
        ExitRecord(
            ending: .lost, wasKilled: false, time: Timestamp(microseconds: Moment.realtimeMicroseconds), position: 0)
    }

    /// Whether a shim, or the first process of a dyno, holds the lock.
    var isAlive: Bool {
        guard let lock = try? Descriptor(opening: folder.lock, O_RDWR) else { return false }
        return cpx_lock(lock.raw, 0) < 0
    }

    /// Kills the processes that hold the lock: the shim, and the dyno's first process.
    private func endHolders() {
        var lock = stat()
        guard stat(folder.lock, &lock) == 0 else { return }
        for process in Self.processes {
            let numbers = (try? FileTree.names(in: "/proc/\(process)/fd")) ?? []
            let holds = numbers.contains { number in
                var held = stat()
                return stat("/proc/\(process)/fd/\(number)", &held) == 0 && held.st_ino == lock.st_ino
                    && held.st_dev == lock.st_dev
            }
            if holds { kill(process, SIGKILL) }
        }
    }

    /// Without a process namespace, orphans may outlive the shim and the first process: their HOME tells them, the folder
    /// that they are in, or their mounts. Until none is found: one may have started another meanwhile.
    private func killLeftovers() {
        let ownMounts = DynoRoot.linkTarget("/proc/self/ns/mnt")
        for _ in 0..<20 {
            let left = Self.processes.filter { isLeftover($0, ownMounts: ownMounts) }
            if left.isEmpty { return }
            for process in left { kill(process, SIGKILL) }
            usleep(2000)
        }
    }

    private func isLeftover(_ process: Int32, ownMounts: String?) -> Bool {
        let place = "/proc/\(process)"
        let mark = Array("HOME=\(folder.copy)\0".utf8)
        let variables = (try? FileTree.read("\(place)/environ", limit: 1 << 20)) ?? []
        if variables.starts(with: mark) || Self.contains([0] + mark, in: variables) { return true }
        if DynoRoot.linkTarget("\(place)/cwd")?.hasPrefix("\(folder.path)/") ?? false { return true }
        guard DynoRoot.linkTarget("\(place)/ns/mnt") != ownMounts else { return false }
        let mounts = (try? FileTree.read("\(place)/mountinfo", limit: 1 << 20)) ?? []
        return Self.contains(Array("\(folder.path)/".utf8), in: mounts)
    }

    private static var processes: [Int32] {
        ((try? FileTree.names(in: "/proc")) ?? []).compactMap { Int32($0) }.filter { $0 != getpid() }
    }

    private static func contains(_ part: [UInt8], in whole: [UInt8]) -> Bool {
        guard whole.count >= part.count else { return false }
        return (0...whole.count - part.count).contains { whole[$0...].starts(with: part) }
    }
}
