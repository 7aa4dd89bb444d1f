internal import Posix

#if canImport(Glibc)
    internal import Glibc
#endif

/// Where the control groups of dynos are made; where there is no such place, memory is measured by the shim and the
/// number of processes limited for each user.
struct GroupPlaces: Equatable, Sendable {
    /// Folders in the kernel's tree of groups; one and the same in the unified hierarchy (version 2).
    var memory: String?
    var processes: String?
    var isUnified = false

    static let none = GroupPlaces()

    /// What ``paas status`` says of it.
    var words: [String] {
        let group = isUnified ? "control groups v2" : "control groups v1"
        return [
            "memory: \(memory == nil ? "measured by the shim" : group)",
            "processes: \(processes == nil ? "a limit for each user" : group)",
        ]
    }

    func write(to writer: inout ByteWriter) {
        writer.put(memory ?? "")
        writer.put(processes ?? "")
        writer.put(isUnified)
    }

    init() {}

    init(from reader: inout ByteReader) throws(ByteReader.Malformed) {
        func place(_ text: String) -> String? { text.isEmpty ? nil : text }
        memory = place(try reader.text())
        processes = place(try reader.text())
        isUnified = try reader.bool()
    }
}

extension GroupPlaces {
    /// Tries it out: a place is one where a group with a limit could be made.
    ///
    /// Groups of dynos lie below the daemon's own, so that what limits the platform limits its dynos as well. In the
    /// unified hierarchy that is possible only where nothing but this daemon and what it started is in that group (a
    /// unit or scope with `Delegate=yes`). Else it is the highest one above it where this user may: for root the top,
    /// for others the group of their service manager, `user@1000.service`.
    static func find() -> GroupPlaces {
        let table = GroupTable.read()
        var places = GroupPlaces()
        if let unified = table.unified {
            for place in unified.candidates where handsOn(place, unified) && allows(place, file: "memory.max") {
                places.isUnified = true
                places.memory = place
                places.processes = place
                return places
            }
        }
        if let own = table.memory?.own, allows(own, file: "memory.limit_in_bytes") {
            places.memory = own
        }
        if let own = table.processes?.own, allows(own, file: "pids.max") { places.processes = own }
        return places
    }

    private static func allows(_ place: String, file: String) -> Bool {
        let probe = "\(place)/paas-probe-\(Environment.processID)"
        guard (try? FileTree.makeFolder(probe)) != nil else { return false }
        let isGood = ControlGroup.write("4194304", to: "\(probe)/\(file)")
        rmdir(probe)
        return isGood
    }

    /// Whether groups made in `place` have the two controllers.
    private static func handsOn(_ place: String, _ tree: GroupTable.Tree) -> Bool {
        func hasBoth(_ file: String) -> Bool {
            let text = (try? FileTree.readText("\(place)/\(file)", limit: 4096)) ?? ""
            let names = text.split { $0 == " " || $0 == "\n" }
            return names.contains("memory") && names.contains("pids")
        }
        if hasBoth("cgroup.subtree_control") { return true }
        guard place == tree.own || place == tree.mount, hasBoth("cgroup.controllers") else { return false }
        return moveDown(in: place, from: tree.own) {
            ControlGroup.write("+memory +pids", to: "\(place)/cgroup.subtree_control")
        }
    }

    /// A group that hands controllers on may hold no process itself: this daemon and what it has started, its router,
    /// move down into one of their own; and back where `enable` fails, because others are there, too.
    private static func moveDown(in place: String, from origin: String, _ enable: () -> Bool) -> Bool {
        let own = "\(place)/\(GroupTable.daemonGroup)"
        guard (try? FileTree.makeFolder(own)) != nil else { return false }
        let processes = ["\(Environment.processID)"] + Descendants.living().map { "\($0.pid)" }
        // One that has just ended is in nobody's way.
        for process in processes { _ = ControlGroup.write(process, to: "\(own)/cgroup.procs") }
        if enable() { return true }
        for process in processes { _ = ControlGroup.write(process, to: "\(origin)/cgroup.procs") }
        rmdir(own)
        return false
    }
}

extension GroupPlaces {
    /// Goes back to where this daemon was before ``find()`` moved it; for `paas down`.
    static func leave() {
        guard let groups = try? FileTree.readText("/proc/self/cgroup", limit: 65_536),
            groups.split(separator: "\n").contains(where: { $0.hasSuffix("/\(GroupTable.daemonGroup)") }),
            let place = GroupTable.read().unified?.own
        else { return }
        // Where the router still is in it, or another platform's dynos are beside it, it stays.
        guard ControlGroup.write("-memory -pids", to: "\(place)/cgroup.subtree_control"),
            ControlGroup.write("\(Environment.processID)", to: "\(place)/cgroup.procs")
        else { return }
        _ = rmdir("\(place)/\(GroupTable.daemonGroup)")
    }
}

/// The kernel's trees of control groups, and where this process is in them.
struct GroupTable {
    struct Tree: Equatable {
        /// Where the tree is mounted.
        var mount: String
        /// This process's folder in it; in the unified tree the one above the daemon's own group.
        var own: String

        /// Where a group may be made, best first: this process's own group, and those above it, from the top down.
        var candidates: [String] {
            guard own.hasPrefix(mount) else { return [own] }
            let names = own.dropFirst(mount.count).split(separator: "/")
            return [own] + names.indices.map { mount + names[..<$0].map { "/\($0)" }.joined() }
        }
    }

    var unified: Tree?
    var memory: Tree?
    var processes: Tree?

    /// The daemon's own group, beside those of its dynos.
    static let daemonGroup = "paas-daemon"

    static func read() -> GroupTable {
        GroupTable(
            mounts: (try? FileTree.readText("/proc/self/mountinfo", limit: 1 << 22)) ?? "",
            groups: (try? FileTree.readText("/proc/self/cgroup", limit: 65_536)) ?? "")
    }

    /// - Parameters:
    ///   - mounts: as in `/proc/self/mountinfo`.
    ///   - groups: as in `/proc/self/cgroup`: `4:memory:/user.slice`, `0::/user.slice`.
    init(mounts: String, groups: String) {
        var paths: [String: String] = [:]
        for line in groups.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3 else { continue }
            if parts[1].isEmpty { paths[""] = parts[2] }
            for name in parts[1].split(separator: ",") { paths[String(name)] = parts[2] }
        }
        for line in mounts.split(separator: "\n") {
            let halves = line.split(separator: " - ", maxSplits: 1)
            guard halves.count == 2 else { continue }
            let (fields, rest) = (halves[0].split(separator: " "), halves[1].split(separator: " "))
            guard fields.count > 4, rest.count > 2 else { continue }
            let (root, mount) = (String(fields[3]), String(fields[4]))
            switch rest[0] {
            case "cgroup2": unified = unified ?? Self.tree(mount, root, paths[""], isUnified: true)
            case "cgroup":
                let controllers = rest[2].split(separator: ",")
                if controllers.contains("memory") {
                    memory = Self.tree(mount, root, paths["memory"], isUnified: false)
                }
                if controllers.contains("pids") {
                    processes = Self.tree(mount, root, paths["pids"], isUnified: false)
                }
            default: break
            }
        }
    }

    private static func tree(_ mount: String, _ root: String, _ path: String?, isUnified: Bool) -> Tree? {
        guard var path else { return nil }
        if root != "/", path.hasPrefix(root) { path = String(path.dropFirst(root.count)) }
        if isUnified, path.hasSuffix("/\(daemonGroup)") { path = String(path.dropLast(daemonGroup.count + 1)) }
        return Tree(mount: mount, own: path == "/" || path.isEmpty ? mount : mount + path)
    }
}
