/// Memory of a dyno that has a control group: the kernel counts.
final class GroupMemory: MemoryMeter {
    private let isUnified: Bool
    private let current: KeptFile
    private let statistics: KeptFile
    private let events: KeptFile
    private let swap: KeptFile?

    /// - Returns: `nil` when the group is not there.
    init?(folder: String, isUnified: Bool) {
        self.isUnified = isUnified
        guard let current = KeptFile("\(folder)/\(isUnified ? "memory.current" : "memory.usage_in_bytes")"),
            let statistics = KeptFile("\(folder)/memory.stat"),
            let events = KeptFile("\(folder)/\(isUnified ? "memory.events" : "memory.oom_control")")
        else { return nil }
        self.current = current
        self.statistics = statistics
        self.events = events
        swap = isUnified ? KeptFile("\(folder)/memory.swap.current") : nil
    }

    func usage(closeTo limit: UInt64) -> UInt64 {
        let all = current.number
        // The count of kinds costs the kernel more than the sum; below the quota the sum is enough.
        guard all >= limit else { return all }
        let bytes = statistics.bytes(atMost: 8192)
        let files = ["inactive_file", "active_file"].reduce(UInt64(0)) { $0 + (counted($1, in: bytes) ?? 0) }
        return all > files ? all - files : 0
    }

    var hasRunOut: Bool { (events.value("oom_kill", atMost: 512) ?? 0) > 0 }

    func use() -> MemoryUse {
        let bytes = statistics.bytes(atMost: 8192)
        func value(_ unified: String, _ separate: String) -> UInt64 {
            counted(isUnified ? unified : separate, in: bytes) ?? 0
        }
        var use = MemoryUse()
        use.anonymous = value("anon", "rss")
        use.cache = value("file", "cache")
        use.swap = swap?.number ?? value("swap", "swap")
        if isUnified {
            use.count(faults: value("pgfault", "pgfault"))
        } else {
            use.pagesIn = value("pgpgin", "pgpgin")
            use.pagesOut = value("pgpgout", "pgpgout")
        }
        return use
    }

    /// With the groups that the dyno may have made below its own.
    private func counted(_ name: String, in bytes: [UInt8]) -> UInt64? {
        isUnified ? KeptFile.value(name, in: bytes) : KeptFile.value("total_\(name)", in: bytes)
    }
}

extension MemoryUse {
    /// Where nobody counts pages: each came by a fault, and those that are not here any more have gone.
    mutating func count(faults: UInt64) {
        let here = (anonymous + cache) / Self.pageBytes
        pagesIn = max(faults, here)
        pagesOut = pagesIn - here
    }
}
