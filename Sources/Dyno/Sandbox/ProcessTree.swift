internal import CPosix
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#endif

/// The processes below one process, as /proc shows them at this moment.
enum ProcessTree {
    /// Every descendant of `root`, parents first; without `root` itself.
    static func descendants(of root: Int32) -> [Int32] {
        var found: [Int32] = []
        var waiting = [root]
        while let process = waiting.popLast() {
            guard let children = children(of: process) else { return scan(for: root) }
            found += children
            waiting += children
        }
        return found
    }

    /// - Returns: `nil` where the kernel was built without the list of children.
    static func children(of process: Int32) -> [Int32]? {
        guard let threads = try? FileTree.names(in: "/proc/\(process)/task") else { return [] }
        var children: [Int32] = []
        for thread in threads {
            let path = "/proc/\(process)/task/\(thread)/children"
            guard let text = try? FileTree.readText(path) else {
                if FileTree.exists("/proc/\(process)/task/\(thread)"), !FileTree.exists(path) { return nil }
                continue
            }
            children += text.split(separator: " ").compactMap { Int32($0) }
        }
        return children
    }

    /// - Returns: `nil` when it has gone.
    static func parent(of process: Int32) -> Int32? { statusFields(of: process).flatMap { Int32($0[1]) } }

    /// Whether it waits for something that happens: a connection, a timer.
    static func isAsleep(_ process: Int32) -> Bool { statusFields(of: process)?[0] == "S" }

    /// The name of the program that it runs; `nil` when it has gone, or has ended and waits to be reaped.
    static func program(of process: Int32) -> String? {
        guard let state = statusFields(of: process)?[0], state != "Z", state != "X",
            let name = try? FileTree.readText("/proc/\(process)/comm", limit: 64)
        else { return nil }
        return name.split(separator: "\n").first.map { String($0).printable }
    }

    /// The fields of `/proc/PID/stat` after the program's name, from the state on; at least two.
    private static func statusFields(of process: Int32) -> [Substring]? {
        guard let text = try? FileTree.readText("/proc/\(process)/stat"), let close = text.lastIndex(of: ")") else {
            return nil
        }
        let fields = text[text.index(after: close)...].split(separator: " ")
        return fields.count > 1 ? fields : nil
    }

    /// The slow way: every process of the machine, by its parent.
    private static func scan(for root: Int32) -> [Int32] {
        var children: [Int32: [Int32]] = [:]
        for name in (try? FileTree.names(in: "/proc")) ?? [] {
            guard let process = Int32(name), let parent = parent(of: process) else { continue }
            children[parent, default: []].append(process)
        }
        var found: [Int32] = []
        var waiting = [root]
        while let process = waiting.popLast() {
            found += children[process] ?? []
            waiting += children[process] ?? []
        }
        return found
    }

    /// Signals everything below this process: by groups, so that a child that is forked meanwhile gets it, too, and one
    /// that is forked in answer to it does not.
    static func signalDescendants(_ number: Int32) {
        let own = getpgrp()
        var groups: Set<Int32> = []
        for process in descendants(of: getpid()) {
            let group = getpgid(process)
            if group > 1, group != own { groups.insert(group) } else { kill(process, number) }
        }
        for group in groups { kill(-group, number) }
    }

    /// Ends everything below this process, however fast it forks: stopped first, then killed.
    static func killDescendants() {
        let own = getpid()
        var stopped: Set<Int32> = []
        for _ in 0..<64 {
            let fresh = descendants(of: own).filter { !stopped.contains($0) }
            if fresh.isEmpty { break }
            for process in fresh { kill(process, SIGSTOP) }
            stopped.formUnion(fresh)
        }
        for process in stopped { kill(process, SIGKILL) }
        for process in descendants(of: own) { kill(process, SIGKILL) }
    }

    /// The inodes of all sockets that `processes` hold.
    static func sockets(of processes: [Int32]) -> Set<UInt32> {
        var inodes: Set<UInt32> = []
        for process in processes {
            let folder = "/proc/\(process)/fd"
            for number in (try? FileTree.names(in: folder)) ?? [] {
                guard let target = DynoRoot.linkTarget("\(folder)/\(number)"), target.hasPrefix("socket:["),
                    let inode = UInt32(target.dropFirst(8).dropLast())
                else { continue }
                inodes.insert(inode)
            }
        }
        return inodes
    }

    /// What files take that `processes` have open and that have no name (any more): on the disk of `folder`, or in
    /// memory.
    ///
    /// - Parameter looks: how many open files are looked at.
    static func namelessBytes(of processes: [Int32], on folder: String?, looks: Int = 100_000) -> UInt64 {
        var inodes: Set<UInt64> = []
        var bytes: UInt64 = 0
        var looksLeft = looks
        for process in processes {
            let files = "/proc/\(process)/fd"
            for number in (try? FileTree.names(in: files)) ?? [] where looksLeft > 0 {
                looksLeft -= 1
                var inode: UInt64 = 0
                let own = cpx_nameless_bytes("\(files)/\(number)", folder, &inode)
                if own > 0, inodes.insert(inode).inserted { bytes += own }
            }
        }
        return bytes
    }
}
