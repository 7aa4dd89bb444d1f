internal import Posix

/// Memory of a dyno without a control group: the sum over its processes.
///
/// Cheap at rest: the files of the processes stay open, and the tree is walked again only when some process of this
/// machine has been started. Pages that processes share count once for each until the sum comes close to the quota.
final class TreeMemory: MemoryMeter {
    private final class Member {
        let pages: KeptFile
        let shares: KeptFile?

        init?(_ process: Int32) {
            guard let pages = KeptFile("/proc/\(process)/statm") else { return nil }
            self.pages = pages
            shares = KeptFile("/proc/\(process)/smaps_rollup")
        }

        /// In bytes, with what is shared.
        var resident: UInt64 {
            let numbers = pages.numbers(atMost: 128)
            return numbers.count > 1 ? numbers[1] * MemoryUse.pageBytes : 0
        }
    }

    private let first: Int32
    private var members: [Int32: Member] = [:]
    private let newest = KeptFile("/proc/loadavg")
    private var lastNewest: UInt64?

    /// - Parameter first: the dyno's first process.
    init(of first: Int32) { self.first = first }

    func usage(closeTo limit: UInt64) -> UInt64 {
        follow()
        let resident = members.values.reduce(0) { $0 + $1.resident }
        guard resident >= limit / 10 * 8 else { return resident }
        return members.values.reduce(0) { sum, member in
            let shares = member.shares?.bytes(atMost: 2048) ?? []
            guard let anonymous = KeptFile.value("Pss_Anon", in: shares) else { return sum + member.resident }
            let others = ["Pss_Shmem", "SwapPss"].reduce(0) { $0 + (KeptFile.value($1, in: shares) ?? 0) }
            return sum + (anonymous + others) * 1024
        }
    }

    var hasRunOut: Bool { false }

    func use() -> MemoryUse {
        follow()
        var use = MemoryUse()
        var faults: UInt64 = 0
        for (process, member) in members {
            let status = (try? FileTree.read("/proc/\(process)/status", limit: 16_384)) ?? []
            func kilobytes(_ name: String) -> UInt64 { (KeptFile.value(name, in: status) ?? 0) * 1024 }
            let anonymous = kilobytes("RssAnon") + kilobytes("RssShmem")
            use.anonymous += anonymous == 0 ? member.resident : anonymous
            use.cache += kilobytes("RssFile")
            use.swap += kilobytes("VmSwap")
            let text = (try? FileTree.read("/proc/\(process)/stat", limit: 4096)) ?? []
            let fields = text.split(separator: UInt8(ascii: ")")).last?.split(separator: UInt8(ascii: " ")) ?? []
            // Minor and major faults. Source: proc(5), fields 10 and 12.
            for index in [7, 9] where index < fields.count {
                faults += KeptFile.numbers(in: Array(fields[index])).first ?? 0
            }
        }
        use.count(faults: faults)
        return use
    }

    /// Takes note of the processes that have come and gone.
    private func follow() {
        // The last number is the newest process of the machine.
        let now = newest?.numbers().last
        if let now, now == lastNewest, members.values.allSatisfy({ $0.resident > 0 }) { return }
        lastNewest = now
        var next: [Int32: Member] = [:]
        for process in [first] + ProcessTree.descendants(of: first) {
            next[process] = members[process] ?? Member(process)
        }
        members = next
    }
}
