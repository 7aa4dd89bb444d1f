internal import CPosix
internal import Model
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#endif

/// One start of a dyno: its run folder, its shim, its plan, up to its first sign of life.
struct Launch: Sendable {
    let folder: RunFolder
    let record: DynoRecord
    private let plan: LaunchPlan
    private let shimProgram: String
    private let nursery: ShimNursery
    private let disk: ScratchDisk?
    private let standby: StandbyShim?

    /// For a sandbox to be made and the command to be started; what a folder of the machine that hangs takes longer is
    /// not waited for.
    private static let patience = Duration.seconds(60)
    /// For a sandbox that stands.
    private static let standbyPatience = Duration.seconds(3)

    init(
        spec: DynoSpec, level: SandboxLevel, port: UInt16?, folder: RunFolder, settings: DynoHost.Settings,
        nursery: ShimNursery, toolchains: [String], user: UInt32, groups: GroupPlaces, outsideAddresses: [String] = [],
        disk: ScratchDisk? = nil, standby: StandbyShim? = nil
    ) {
        self.folder = folder
        self.disk = disk
        self.standby = standby
        shimProgram = settings.shimProgram
        self.nursery = nursery
        plan = LaunchPlan(
            level: level, userID: user, groupID: geteuid() == 0 ? user : getegid(), content: spec.content,
            command: spec.command,
            environment: spec.environment, port: port, streams: spec.streams,
            hostname: spec.id.description, toolchains: toolchains,
            hidden: [settings.homeFolder] + (Toolchains.ownHome.map { [$0] } ?? []),
            hostsFile: DynoHost.hostsFile(settings),
            quota: Quota(spec.size, content: spec.content, disk: settings.disk), groups: groups,
            metrics: spec.logsMetrics ? "source=\(spec.name) dyno=heroku.\(spec.appOrdinal).\(spec.id)" : "",
            network: spec.network, outsideAddresses: spec.network.isOwn ? [] : outsideAddresses,
            acceptsLoopback: spec.acceptsLoopback, hasOwnDisk: disk != nil || standby?.hasOwnDisk ?? false,
            readable: spec.readable)
        record = DynoRecord(
            id: spec.id, app: spec.app, name: spec.name, tags: spec.tags, command: spec.command,
            startedAt: Timestamp(microseconds: Moment.realtimeMicroseconds), port: port, size: spec.size, level: level,
            isInteractive: spec.streams != .logged)
    }

    /// - Returns: the line to the shim of a dyno whose command runs.
    func run(reactor: Reactor, pool: BlockingPool) async throws(DynoStartFailure) -> ShimLink {
        let socket: AsyncStreamSocket
        do {
            let number = try await pool.run { [self] in try standby.map(takeOver) ?? startShim() }
            socket = try AsyncStreamSocket(Descriptor(owning: number), reactor: reactor)
        } catch let failure as DynoStartFailure {
            throw failure
        } catch {
            throw .shim(program: shimProgram, reason: "\(error)")
        }
        let link = ShimLink(folder: folder, socket: socket)
        // Ends when the shim does, or when its dyno is released.
        let (folder, level) = (folder, record.level)
        Task { await link.run { await LostDyno(folder: folder, level: level).settle(pool: pool) } }
        let order =
            standby == nil
            ? ShimRequest.launch(plan: plan.encoded) : .become(folder: folder.path, plan: plan.encoded)
        do { try await link.send(order) } catch {
            throw .shim(program: shimProgram, reason: diary ?? "\(error)")
        }
        let patience = Task { [standby] in
            // Cancelled: it has answered.
            let limit = standby == nil ? Self.patience : Self.standbyPatience
            guard (try? await Task.sleep(for: limit)) != nil else { return false }
            link.close()
            await LostDyno(folder: folder, level: level).end(pool: pool)
            return true
        }
        let news = await link.news { $0.hasLaunched || $0.failure != nil || $0.record != nil }
        patience.cancel()
        guard await !patience.value else { throw .shim(program: shimProgram, reason: "it does not answer") }
        if let failure = news.failure { throw .sandbox(level: record.level, reason: failure.description) }
        guard news.hasLaunched else {
            link.close()
            throw .shim(program: shimProgram, reason: diary ?? "it ended at once")
        }
        return link
    }

    /// What a shim that died has said on its standard error.
    private var diary: String? {
        let text = try? FileTree.readText("\(folder.path)/diary", limit: 4096)
        return text.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Gives the run folder of a shim that stands by the dyno's name; with its record in it, so that a daemon that
    /// comes later knows whose it is.
    private func takeOver(_ standby: StandbyShim) throws -> Int32 {
        let number = standby.takeSocket()
        do {
            try record.store(in: standby.folder)
            try FileTree.move(standby.folder.path, to: folder.path)
        } catch {
            close(number)
            throw DynoStartFailure.runFolder(reason: "\(error)")
        }
        return number
    }

    /// - Returns: this side of the socket that becomes the shim's descriptor 0.
    private func startShim() throws -> Int32 {
        do {
            try FileTree.makeFolder(folder.path)
            try record.store(in: folder)
        } catch { throw DynoStartFailure.runFolder(reason: "\(error)") }
        return try Self.startShim(from: nursery, in: folder, disk: disk)
    }

    /// Starts a shim whose run folder is there.
    ///
    /// - Returns: this side of the socket that becomes the shim's descriptor 0.
    static func startShim(from nursery: ShimNursery, in folder: RunFolder, disk: ScratchDisk?) throws -> Int32 {
        var ends: [Int32] = [-1, -1]
        try posix(cpx_socketpair(&ends), "socketpair")
        let near = Descriptor(owning: ends[0])
        let far = Descriptor(owning: ends[1])
        let null = try Descriptor(opening: "/dev/null", O_RDWR)
        let diary = try Descriptor(opening: "\(folder.path)/diary", O_WRONLY | O_CREAT | O_APPEND)
        try nursery.start(folder, descriptors: [far.raw, null.raw, diary.raw] + (disk.map { [$0.mount] } ?? []))
        return near.release()
    }
}
