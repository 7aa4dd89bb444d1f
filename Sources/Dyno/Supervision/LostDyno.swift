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
        for _ in 0..<500 where isAlive { try? await Task.sleep(for: .milliseconds(10)) }
        let settled = try? await pool.run { [self] in
            if !level.hasProcessNamespace, !isAlive { killLeftovers() }
            return ExitRecord.load(from: folder)
        }
        return settled.flatMap { $0 } ?? lost
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

    /// Without a process namespace, orphans may outlive the shim and the first process: their HOME tells them.
    private func killLeftovers() {
        let mark = Array("HOME=\(folder.copy)\0".utf8)
        for name in (try? FileTree.names(in: "/proc")) ?? [] {
            guard let process = Int32(name),
                let variables = try? FileTree.read("/proc/\(name)/environ", limit: 1 << 20),
                variables.starts(with: mark) || Self.contains([0] + mark, in: variables)
            else { continue }
            kill(process, SIGKILL)
        }
    }

    private static func contains(_ part: [UInt8], in whole: [UInt8]) -> Bool {
        guard whole.count >= part.count else { return false }
        return (0...whole.count - part.count).contains { whole[$0...].starts(with: part) }
    }
}
