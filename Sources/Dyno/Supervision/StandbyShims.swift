internal import Model
internal import Posix

/// Keeps one shim ready for the next dyno, so that its start waits neither for a program to be loaded nor for a sandbox
/// to be made.
actor StandbyShims {
    private let settings: DynoHost.Settings
    private let nursery: ShimNursery
    private let disks: ScratchDisks
    private let pool: BlockingPool
    private var ready: StandbyShim?
    private var filling: Task<Void, Never>?
    private var starts = 0
    private var isClosed = false
    /// The folder of the one that is ready or being made.
    private var own: String?
    private var watch: MountWatch?

    init(_ settings: DynoHost.Settings, nursery: ShimNursery, disks: ScratchDisks, pool: BlockingPool) {
        self.settings = settings
        self.nursery = nursery
        self.disks = disks
        self.pool = pool
    }

    /// `HOME/run/standby`: a folder each, until it is a dyno's.
    static func folder(_ settings: DynoHost.Settings) -> String { "\(settings.runFolder)/standby" }

    /// - Returns: `nil` when none is ready that would do: then the dyno starts without.
    func take(for spec: DynoSpec, at level: SandboxLevel) async -> StandbyShim? {
        starts += 1
        guard Self.fits(spec, level), let shim = ready else { return nil }
        ready = nil
        own = nil
        watch = nil
        if shim.level == level, shim.isGood { return shim }
        // Nobody waits for that.
        Task { [pool] in try? await pool.run { shim.discard() } }
        return nil
    }

    /// Builds, terminals, networks of their own and weaker levels need something else from the beginning; and root at L1
    /// needs to know whose dyno it is.
    private static func fits(_ spec: DynoSpec, _ level: SandboxLevel) -> Bool {
        guard case .slug = spec.content, spec.streams == .logged, !spec.network.isOwn else { return false }
        return canStandBy(level)
    }

    private static func canStandBy(_ level: SandboxLevel) -> Bool {
        level == (Environment.userID == 0 ? .l0 : .l1)
    }

    /// Makes one in the background, once no dyno has been started for a while: those need the machine now.
    ///
    /// - Parameter plan: what every dyno here has in common.
    func fill(_ plan: LaunchPlan) {
        guard settings.standsBy, Self.canStandBy(plan.level), ready == nil, filling == nil, !isClosed else { return }
        // Ends when one is ready or cannot be made; ``close()`` waits for it.
        filling = Task {
            var seen = -1
            while seen != starts, !isClosed {
                seen = starts
                try? await Task.sleep(for: settings.standbyRest)  // Cancelled: closed.
            }
            if !isClosed { await make(plan) }
            filling = nil
            // What has changed before it was watched.
            await mountsChanged(plan)
        }
    }

    private func make(_ plan: LaunchPlan) async {
        let folder = RunFolder(path: "\(Self.folder(settings))/\(DynoID())")
        own = folder.path
        let disk = plan.level == .l0 ? await disks.take() : nil
        var plan = plan
        plan.hasOwnDisk = disk != nil
        // Without one, dynos start as they do anyway.
        ready = try? await pool.run { [plan, nursery] in
            try StandbyShim(plan: plan, folder: folder, nursery: nursery, disk: disk)
        }
        // Where it cannot be watched, it is out of date when it is taken.
        watch = try? MountWatch { [weak self, plan] in Task { await self?.mountsChanged(plan) } }
    }

    /// It holds what has been unmounted where the machine does not share its mounts; and it will not be taken.
    private func mountsChanged(_ plan: LaunchPlan) async {
        guard let shim = ready, !shim.isGood else { return }
        ready = nil
        own = nil
        try? await pool.run { shim.discard() }
        fill(plan)
    }

    /// Returns when one that is being made is ready; for tests and measurements.
    func settle() async { await filling?.value }

    /// What earlier daemons have left.
    func removeLost() async {
        let folder = Self.folder(settings)
        let own = own
        try? await pool.run {
            for name in (try? FileTree.names(in: folder)) ?? [] where "\(folder)/\(name)" != own {
                StandbyShim.removeLeftovers(RunFolder(path: "\(folder)/\(name)"))
            }
        }
    }

    /// Ends the one that is ready; there are no more from here on.
    func close() async {
        isClosed = true
        filling?.cancel()
        await filling?.value
        let left = ready
        ready = nil
        own = nil
        watch = nil
        if let left { try? await pool.run { left.discard() } }
        await removeLost()
    }
}
