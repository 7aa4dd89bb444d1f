internal import CPosix
internal import Posix

/// Memory of a dyno without a control group: the sum over its processes.
///
/// Cheap at rest: the files of the processes stay open, and the tree is walked again only when some process of this
/// machine has been started. Pages that processes share count once for each until the sum comes close to the quota. Files
/// in memory count whether a process shows them in its own memory or not.
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
    private let hasOwnFiles: Bool
    private let machine = KeptFile("/proc/meminfo")
    private var members: [Int32: Member] = [:]
    private let newest = KeptFile("/proc/loadavg")
    private var lastNewest: UInt64?

    /// - Parameters:
    ///   - first: the dyno's first process.
    ///   - hasOwnFiles: whether /dev/shm is the dyno's alone.
    init(of first: Int32, hasOwnFiles: Bool) {
        self.first = first
        self.hasOwnFiles = hasOwnFiles
    }

    func usage(closeTo limit: UInt64) -> UInt64 {
        follow()
        let resident = members.values.reduce(0) { $0 + $1.resident }
        let files = files(closeTo: limit)
        guard resident + files >= limit / 10 * 8 else { return resident + files }
        var (own, shown): (UInt64, UInt64) = (0, 0)
        for member in members.values {
            let shares = member.shares?.bytes(atMost: 2048) ?? []
            guard let anonymous = KeptFile.value("Pss_Anon", in: shares) else {
                own += member.resident
                continue
            }
            own += (anonymous + (KeptFile.value("SwapPss", in: shares) ?? 0)) * 1024
            shown += (KeptFile.value("Pss_Shmem", in: shares) ?? 0) * 1024
        }
        // What a process shows of a file in memory is part of that file.
        return own + max(shown, files)
    }

    /// What the dyno's files in memory take: those of /dev/shm, and those without a name. Nobody is asked while all such
    /// files of the machine are too few to matter.
    private func files(closeTo limit: UInt64) -> UInt64 {
        guard let all = machine?.value("Shmem"), all * 1024 >= limit / 10 else { return 0 }
        // Seen through its processes: what the first one sees is kept from who is not root.
        let named = hasOwnFiles ? members.keys.prefix(8).map { cpx_used_bytes("/proc/\($0)/root/dev/shm") }.max() : nil
        return (named ?? 0) + ProcessTree.namelessBytes(of: Array(members.keys), on: nil, looks: 10_000)
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
