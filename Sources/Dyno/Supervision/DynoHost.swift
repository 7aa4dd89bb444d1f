package import Model
package import Posix

#if canImport(Glibc)
    internal import Glibc
#endif

/// Starts dynos, and finds again those that an earlier daemon started.
package actor DynoHost {
    package struct Settings: Sendable {
        /// `HOME/run`; the dynos' folders are in `dynos` there.
        package var runFolder: String
        /// Absolute path of `paas-dyno`.
        package var shimProgram: String
        /// `PAAS_HOME`, which no dyno sees.
        package var homeFolder: String
        /// Starts every dyno at this level, also where a better one is possible; for tests.
        package var forcedLevel: SandboxLevel?
        /// The ports that dynos get: outside the range that the kernel gives to outgoing connections.
        package var ports: ClosedRange<UInt16>
        package var disk = DiskLimits()
        /// Whether control groups are used where there are any.
        package var usesGroups = true
        /// Whether dynos at L0 get file systems of their own where the machine can make them.
        package var usesDisks = true
        /// Whether a shim with a sandbox stands by for the next dyno.
        package var standsBy = true
        /// How long no dyno has to have been started before one is made ready.
        package var standbyRest = Duration.milliseconds(300)
        /// Where root's homes agree on whose user ids are whose.
        package var userFolder: String

        package init(
            runFolder: String, shimProgram: String, homeFolder: String, forcedLevel: SandboxLevel? = nil,
            ports: ClosedRange<UInt16> = 20_000...29_999, userFolder: String = "/var/lib/paas/users"
        ) {
            self.runFolder = runFolder
            self.shimProgram = shimProgram
            self.homeFolder = homeFolder
            self.forcedLevel = forcedLevel
            self.ports = ports
            self.userFolder = userFolder
        }
    }

    /// How much of the disk dynos may take.
    package struct DiskLimits: Sendable, Equatable {
        /// For /app, /tmp and /var/tmp of one dyno together; 0 for no limit.
        package var scratchBytes: UInt64 = 1 << 30
        /// Free disk that is kept for the platform.
        package var reserveBytes: UInt64 = 512 << 20

        package init() {}
    }

    let settings: Settings
    let reactor: Reactor
    let pool: BlockingPool
    private var leases: PortLeases
    private let users: UserLeases
    let disks: ScratchDisks
    private let nursery: ShimNursery
    let standbys: StandbyShims
    private var probe: Task<SandboxReport, Never>?
    /// Dynos that this host has started or adopted and not removed.
    private var known: Set<RunFolder> = []
    /// `nil` until ``guardPorts()``.
    var exposure: ExposureReport?
    /// What ``resolve(_:)`` was told, and the machine's own list as it was then.
    var hostNames: [String] = []
    var machineHosts: FileStamp?
    private lazy var groups = settings.usesGroups ? GroupPlaces.find() : .none

    package init(_ settings: Settings, reactor: Reactor, pool: BlockingPool) {
        self.settings = settings
        self.reactor = reactor
        self.pool = pool
        leases = PortLeases(settings.ports)
        nursery = ShimNursery(program: settings.shimProgram)
        users = UserLeases(folder: settings.userFolder, home: settings.homeFolder)
        disks = ScratchDisks(
            folder: Self.dynosFolder(settings), quotaBytes: settings.usesDisks ? settings.disk.scratchBytes : 0,
            pool: pool)
        standbys = StandbyShims(settings, nursery: nursery, disks: disks, pool: pool)
    }

    /// How dynos are kept apart here; found out once, by really doing it.
    package func sandbox() async -> SandboxReport {
        var report = await level()
        report.limits = groups.words + ["scratch: \(await scratchWords(at: report.level))"]
        return report
    }

    private func scratchWords(at level: SandboxLevel) async -> String {
        let limit = settings.disk.scratchBytes
        guard limit > 0 else { return "no limit" }
        let words = "\(limit >> 20) MB a dyno"
        guard level == .l0, settings.usesDisks else { return "\(words), watched" }
        await disks.fill()
        return await disks.obstacle.map { "\(words), watched (\($0))" } ?? "\(words), each on a file system of its own"
    }

    private func level() async -> SandboxReport {
        if let forced = settings.forcedLevel { return SandboxReport(level: forced, missing: [], mend: []) }
        if let probe { return await probe.value }
        // Whoever asks first pays; everybody else waits for the same answer.
        let task = Task { await probeLevels() }
        probe = task
        // The first dyno comes right after that.
        if geteuid() == 0 { await disks.fill() }
        let report = await task.value
        if report.level != .l0 { await disks.close() }
        await standBy(at: report.level)
        return report
    }

    /// Starts a dyno and returns when its command runs.
    ///
    /// - Throws: ``DynoStartFailure``; nothing of the dyno is left then.
    package func start(_ spec: DynoSpec) async throws -> RunningDyno {
        let level = await level().level
        if let shim = await standbys.take(for: spec, at: level) {
            // One that fails after all is no reason for the dyno not to start.
            if let dyno = try? await start(spec, at: level, standby: shim) {
                await standBy(at: level)
                return dyno
            }
        }
        var disk: ScratchDisk?
        // What a build writes is limited by the machine alone.
        if level == .l0, case .slug = spec.content { disk = await disks.take() }
        let dyno = try await start(spec, at: level, disk: disk)
        await standBy(at: level)
        return dyno
    }

    /// Has a shim made ready without waiting for a first start; for a daemon that has taken over dynos.
    package func prepare() async { await standBy(at: level().level) }

    /// Has a shim made ready for the next dyno.
    private func standBy(at level: SandboxLevel) async {
        await standbys.fill(
            LaunchPlan(
                level: level, userID: geteuid(), groupID: getegid(), content: .slug(layers: []), command: "",
                environment: [:], port: nil, streams: .logged, hostname: "", toolchains: [], hidden: [],
                hostsFile: "", groups: groups))
    }

    /// Returns when the shim that is being made ready is.
    package func standbyIsReady() async { await standbys.settle() }

    /// - Parameters:
    ///   - disk: for what it writes; without one that is watched.
    ///   - standby: its shim, where one stands by.
    func start(
        _ spec: DynoSpec, at level: SandboxLevel, disk: ScratchDisk? = nil, standby: StandbyShim? = nil
    ) async throws(DynoStartFailure) -> RunningDyno {
        if spec.network.isOwn, let obstacle = NetworkObstacle.find(at: level) { throw .network(obstacle) }
        let user = try await user(of: spec)
        followHosts()
        var port: UInt16?
        if spec.wantsPort {
            guard let leased = leases.lease() else {
                throw .noFreePort(lowest: settings.ports.lowerBound, highest: settings.ports.upperBound)
            }
            port = leased
        }
        let launch = Launch(
            spec: spec, level: level, port: port, folder: folder(of: spec.id), settings: settings, nursery: nursery,
            toolchains: Toolchains.find(), user: user, groups: groups, outsideAddresses: exposure?.reachable ?? [],
            disk: disk, standby: standby)
        known.insert(launch.folder)
        do {
            let link = try await launch.run(reactor: reactor, pool: pool)
            return RunningDyno(launch.record, link: link, leaving: leaving(launch.folder, port: port))
        } catch {
            await remove(launch.folder, port: port)
            throw error
        }
    }

    /// Root's dynos run as a user of their app's; everybody else's run as their owner.
    private func user(of spec: DynoSpec) async throws(DynoStartFailure) -> UInt32 {
        guard geteuid() == 0 else { return geteuid() }
        do {
            return try await pool.run { [users] in try users.user(of: spec.appOrdinal) }
        } catch { throw .noUser(reason: "\(error)") }
    }

    /// The user that the router is to be, with its way to the dynos' doors; `nil` where the platform is not root's.
    ///
    /// - Throws: ``PosixError`` when this machine has no user id left to give away.
    package func routerUser() async throws -> UInt32? {
        guard geteuid() == 0 else { return nil }
        let user = try await pool.run { [users] in try users.routerUser() }
        try RouterDoors.open(in: settings.runFolder, for: user)
        return user
    }

    private func probeLevels() async -> SandboxReport {
        var failures: [(level: SandboxLevel, reason: String)] = []
        for level in SandboxLevel.allCases where level != .l0 || geteuid() == 0 {
            guard let name = DynoName("probe.1") else { break }
            let spec = DynoSpec(
                app: AppID(), appOrdinal: 0, name: name, content: .slug(layers: []), command: ":", environment: [:])
            do {
                let dyno = try await start(spec, at: level)
                for await event in dyno.events(from: 0) {
                    guard case .ended(let ending) = event, ending != .code(0) else { continue }
                    failures.append((level, "a command in it ended with \(ending)"))
                }
                await dyno.release()
                if failures.last?.level != level { return report(level, failures) }
            } catch {
                failures.append((level, error.explanation.why))
            }
        }
        return report(.l3, failures)
    }

    private func report(_ level: SandboxLevel, _ failures: [(level: SandboxLevel, reason: String)]) -> SandboxReport {
        SandboxReport(level: level, failures: failures, shimProgram: settings.shimProgram)
    }
}

// MARK: - Folders

extension DynoHost {
    static func dynosFolder(_ settings: Settings) -> String { "\(settings.runFolder)/dynos" }

    var dynosFolder: String { Self.dynosFolder(settings) }

    func folder(of id: DynoID) -> RunFolder { RunFolder(path: "\(dynosFolder)/\(id)") }

    /// - Returns: whether it was not known before.
    func note(_ folder: RunFolder) -> Bool { known.insert(folder).inserted }

    func keep(_ port: UInt16) { leases.keep(port) }

    func leaving(_ folder: RunFolder, port: UInt16?) -> RunningDyno.Leaving {
        RunningDyno.Leaving(
            connect: { [reactor] in try AsyncStreamSocket(UnixSocket.connect(to: folder.socket), reactor: reactor) },
            // Its folder may just be going, and nobody needs the tags of a dyno that is gone.
            store: { [pool] record in try? await pool.run { try record.store(in: folder) } },
            remove: { [self] in await remove(folder, port: port) })
    }

    func remove(_ folder: RunFolder, port: UInt16?) async {
        if let port { leases.free(port) }
        let gone = "\(dynosFolder)/\(Self.gonePrefix)\(DynoID())"
        // Out of everybody's sight in one step. What cannot be removed now is tried again by the next daemon.
        try? await pool.run {
            ControlGroup.removeLeftovers(of: folder)
            try? FileTree.remove(folder.routerDoor)  // Few have one.
            // Held meanwhile, so that a shim which a dying daemon has just started finds out that it came too late.
            let lock = try? FileLock.take(folder.lock)
            try posix(rename(folder.path, gone), "rename \(folder.path)")
            _ = consume lock
            try FileTree.remove(gone)
        }
        known.remove(folder)
    }

    /// What a folder is called while it is being removed.
    static let gonePrefix = ".gone-"
}
