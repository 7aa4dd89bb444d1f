internal import Model
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#endif

extension DynoHost {
    /// Every dyno that an earlier daemon started: those that run, and those that have ended and were not released.
    /// Folders of dynos that never came to life are removed.
    package func adopt() async -> [RunningDyno] {
        var dynos: [RunningDyno] = []
        for folder in folders where note(folder) {
            if let dyno = await adopt(folder) { dynos.append(dyno) }
        }
        return dynos
    }

    /// Ends whatever still runs and removes every trace; for `paas down`.
    package func removeEverything() async {
        for folder in folders { await adopt(folder)?.release() }
        let left = [dynosFolder, Self.hostsFile(settings)]
        // What is left has no process any more; a file that cannot be removed is tried again next time.
        try? await pool.run { for path in left { try FileTree.remove(path) } }
    }

    private var folders: [RunFolder] {
        ((try? FileTree.names(in: dynosFolder)) ?? []).map { RunFolder(path: "\(dynosFolder)/\($0)") }
    }

    private func adopt(_ folder: RunFolder) async -> RunningDyno? {
        guard let record = DynoRecord.load(from: folder) else {
            await remove(folder, port: nil)
            return nil
        }
        let lost = LostDyno(folder: folder, level: record.level)
        let leaving = leaving(folder, port: record.port)
        if lost.isAlive, let link = await connect(to: folder, record, lost) {
            if let port = record.port { keep(port) }
            return RunningDyno(record, link: link, leaving: leaving)
        }
        let exit = await lost.settle(pool: pool)
        guard exit.ending != .lost || !SpoolSegment.starts(in: folder.spool).isEmpty else {
            await remove(folder, port: nil)
            return nil
        }
        return RunningDyno(record, link: ShimLink(folder: folder, record: exit), leaving: leaving)
    }

    private func connect(to folder: RunFolder, _ record: DynoRecord, _ lost: LostDyno) async -> ShimLink? {
        do {
            let descriptor = try UnixSocket.connect(to: folder.socket)
            let peer = try UnixSocket.peer(of: descriptor)
            guard peer.userID == geteuid() else { return nil }
            let link = ShimLink(folder: folder, socket: try AsyncStreamSocket(descriptor, reactor: reactor))
            let pool = pool
            // Ends when the shim does, or when its dyno is released.
            Task { await link.run { await lost.settle(pool: pool) } }
            try await link.send(.hello(version: ShimRequest.version))
            let news = await link.news { $0.shim != nil }
            guard news.shim == peer.processID else {
                link.close()
                return nil
            }
            return link
        } catch { return nil }
    }
}
