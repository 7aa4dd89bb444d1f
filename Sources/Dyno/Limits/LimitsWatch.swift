internal import Model

/// All that a shim watches of what its running dyno uses.
struct LimitsWatch {
    private let first: Int32
    private let meter: any MemoryMeter
    private var memory: MemoryWatch?
    private var scratch: ScratchWatch?
    private var metrics: RuntimeMetrics?

    private static let soon: UInt64 = 900_000_000

    /// - Parameters:
    ///   - first: the dyno's first process.
    ///   - group: where the kernel counts for it.
    init(plan: LaunchPlan, folder: RunFolder, first: Int32, group: ControlGroup?, now: UInt64) {
        self.first = first
        let counted = group.flatMap { group in
            group.memory.flatMap { GroupMemory(folder: $0, isUnified: group.isUnified) }
        }
        meter = counted ?? TreeMemory(of: first, hasOwnFiles: plan.level != .l3)
        let quota = plan.quota
        if quota.memoryBytes > 0 {
            // The kernel keeps a group below its limit; without one, nobody but the shim does.
            let interval: UInt64 = counted == nil ? 1_000_000_000 : 2_000_000_000
            memory = MemoryWatch(quota: quota.memoryBytes, longestInterval: interval, now: now)
        }
        if quota.scratchBytes > 0 || quota.reserveBytes > 0 {
            scratch = ScratchWatch(
                quota: quota, folder: folder, first: first, hasOwnDisk: plan.hasOwnDisk,
                written: plan.written(in: folder), given: plan.given, now: now)
        }
        if !plan.metrics.isEmpty {
            metrics = RuntimeMetrics(head: plan.metrics, quota: quota.memoryBytes, now: now)
        }
    }

    var nextLook: UInt64 {
        min(memory?.nextLook ?? .max, scratch?.nextLook ?? .max, metrics?.nextLook ?? .max)
    }

    mutating func look(now: UInt64) -> [LimitFinding] {
        var findings: [LimitFinding] = []
        if let next = memory?.nextLook, now >= next { findings += lookAtMemory(now) }
        // What is due soon is looked at with the rest, so that a dyno at rest wakes its shim once for both.
        if let next = scratch?.nextLook, now + Self.soon >= next { findings += scratch?.look(now: now) ?? [] }
        if let next = metrics?.nextLook, now >= next {
            let lines = metrics?.look(now: now, running: RuntimeMetrics.running(below: first), use: meter.use) ?? []
            findings += lines.map { .say($0) }
        }
        return findings
    }

    /// The dyno has ended; perhaps because the kernel found it too big.
    mutating func lookBack(now: UInt64) -> [LimitFinding] { meter.hasRunOut ? lookAtMemory(now) : [] }

    private mutating func lookAtMemory(_ now: UInt64) -> [LimitFinding] {
        guard let quota = memory?.quota else { return [] }
        return memory?.look(usage: meter.usage(closeTo: quota), hasRunOut: meter.hasRunOut, now: now) ?? []
    }
}

extension LaunchPlan {
    /// The folders that hold what the dyno writes.
    fileprivate func written(in folder: RunFolder) -> [String] {
        let temporary = ["tmp", "vartmp"].map { "\(folder.scratch)/\($0)" }
        switch content {
        case .slug: return temporary + [level.hasOverlay ? "\(folder.scratch)/upper" : folder.copy]
        case .build(let build): return temporary + [build.tree]
        }
    }

    /// What those held when it began: a copy of these.
    fileprivate var given: [String] {
        guard case .slug(let layers) = content, !level.hasOverlay else { return [] }
        return layers
    }
}
