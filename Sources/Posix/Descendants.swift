internal import CPosix

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Everything that this process has started, and what those have started, however they cut themselves loose.
package enum Descendants {
    /// A process as it was when it was looked at.
    package struct Member: Hashable, Sendable {
        package let pid: Int32
        package let group: Int32
        let parent: Int32
        /// Clock ticks since the machine's start; with the pid it names one process for good.
        let startedAt: UInt64

        package static func == (left: Self, right: Self) -> Bool {
            left.pid == right.pid && left.startedAt == right.startedAt
        }

        package func hash(into hasher: inout Hasher) { hasher.combine(pid) }
    }

    /// From now on a process below this one whose parent ends becomes this one's child, instead of leaving its sight.
    /// Linux; elsewhere nothing happens.
    package static func adoptOrphans() {
        #if os(Linux)
            _ = cpx_adopt_orphans()
        #endif
    }

    /// Those that live; empty where there is no /proc.
    package static func living() -> Set<Member> {
        let all = (try? FileTree.names(in: "/proc"))?.compactMap(Int32.init).compactMap(member) ?? []
        let children = Dictionary(grouping: all, by: \.parent)
        var found: Set<Member> = []
        var next = children[getpid()] ?? []
        while let member = next.popLast() {
            guard found.insert(member).inserted else { continue }
            next += children[member.pid] ?? []
        }
        return found
    }

    /// Sends a signal, unless the process has ended and its number is another's by now.
    package static func signal(_ member: Member, _ number: Int32) {
        let process = Descriptor(owning: cpx_pidfd_open(member.pid))
        guard process.raw >= 0, Self.member(member.pid)?.startedAt == member.startedAt else { return }
        _ = cpx_pidfd_signal(process.raw, number)
    }

    /// Reads `PID (NAME) STATE PPID PGRP …`, where the name may hold anything. Source: proc_pid_stat(5).
    private static func member(_ pid: Int32) -> Member? {
        guard let stat = try? FileTree.readText("/proc/\(pid)/stat", limit: 4096), let name = stat.lastIndex(of: ")")
        else { return nil }
        let fields = stat[stat.index(after: name)...].split(separator: " ")
        guard fields.count > 19, fields[0] != "Z", let parent = Int32(fields[1]), let group = Int32(fields[2]),
            let startedAt = UInt64(fields[19])
        else { return nil }
        return Member(pid: pid, group: group, parent: parent, startedAt: startedAt)
    }
}
