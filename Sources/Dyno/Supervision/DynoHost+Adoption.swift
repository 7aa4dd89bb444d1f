internal import Model
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#endif

extension DynoHost {
    /// Every dyno that an earlier daemon started, oldest first: those that run, and those that have ended and were not
    /// released. Folders of dynos that never came to life are removed.
    package func adopt() async -> [RunningDyno] {
        await standbys.removeLost()
        let unknown = folders.filter { note($0) }
        return await withTaskGroup(of: RunningDyno?.self) { group in
            for folder in unknown { group.addTask { await self.adopt(folder) } }
            var dynos: [RunningDyno] = []
            for await case let dyno? in group { dynos.append(dyno) }
            return dynos.sorted { $0.startedAt < $1.startedAt }
        }
    }

    /// Ends whatever still runs and removes every trace; for `paas down`.
    package func removeEverything() async {
        let left = folders
        await withDiscardingTaskGroup { group in
            for folder in left { group.addTask { await self.adopt(folder)?.release() } }
        }
        await standbys.close()
        await disks.close()
        GroupPlaces.leave()
        await lowerGuard()
        await removeFiles()
    }

    private func removeFiles() async {
        let left = [dynosFolder, StandbyShims.folder(settings), Self.hostsFile(settings)]
        // What is left has no process any more; a file that cannot be removed is tried again next time.
        try? await pool.run { for path in left { try FileTree.remove(path) } }
    }

    private var folders: [RunFolder] {
        let names = (try? FileTree.names(in: dynosFolder)) ?? []
        // What an earlier daemon was removing when it died.
        for name in names where name.hasPrefix(Self.gonePrefix) { try? FileTree.remove("\(dynosFolder)/\(name)") }
        return names.filter { !$0.hasPrefix(Self.gonePrefix) }.map { RunFolder(path: "\(dynosFolder)/\($0)") }
    }

    private func adopt(_ folder: RunFolder) async -> RunningDyno? {
        guard let record = DynoRecord.load(from: folder) else {
            // Nobody knows whose it is: whatever runs there is ended.
            await LostDyno(folder: folder, level: .l3).end(pool: pool)
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
            let patience = Task {
                // Cancelled: it has answered. One that does not answer does not watch over its dyno either.
                if (try? await Task.sleep(for: .seconds(3))) != nil { link.close() }
            }
            let news = await link.news { $0.shim != nil }
            patience.cancel()
            guard news.shim == peer.processID else {
                link.close()
                return nil
            }
            return link
        } catch { return nil }
    }
}
