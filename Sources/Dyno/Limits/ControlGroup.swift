internal import Model
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#endif

/// The control groups of one incarnation of a dyno; never used again, since a group that was killed kills what is born
/// into it.
struct ControlGroup {
    private let places: GroupPlaces
    private let folders: [String]
    private let name: String

    /// Makes the groups with their limits. Which they are stands in the run folder before they are there, so that
    /// whoever finds that folder can take them away.
    ///
    /// - Returns: `nil` when one of them could not be made; none is left then.
    init?(_ places: GroupPlaces, quota: Quota, folder: RunFolder) {
        guard places != .none else { return nil }
        self.places = places
        name = Self.name(of: folder)
        let name = name
        let processes = places.processes == places.memory ? nil : places.processes
        folders = [places.memory, processes].compactMap { place in place.map { "\($0)/\(name)" } }
        do {
            try Descriptor(opening: folder.groups, O_WRONLY | O_CREAT | O_TRUNC)
                .writeAll(Array(folders.joined(separator: "\n").utf8))
            for folder in folders { try FileTree.makeFolder(folder) }
        } catch { return nil }
        guard limit(quota) else {
            remove()
            return nil
        }
    }

    /// The folder that counts the dyno's memory.
    var memory: String? { places.memory.map { "\($0)/\(name)" } }
    var isUnified: Bool { places.isUnified }

    /// - Returns: whether the limits hold from now on.
    func limit(_ quota: Quota) -> Bool {
        if let memory, quota.memoryBytes > 0 {
            let bytes = "\(quota.memoryLimitBytes)"
            if isUnified {
                guard Self.write(bytes, to: "\(memory)/memory.max") else { return false }
                // Missing on older kernels, or where the machine has no swap: the limit holds without them.
                _ = Self.write("0", to: "\(memory)/memory.swap.max")
                _ = Self.write("1", to: "\(memory)/memory.oom.group")
            } else {
                guard Self.write(bytes, to: "\(memory)/memory.limit_in_bytes") else { return false }
                _ = Self.write(bytes, to: "\(memory)/memory.memsw.limit_in_bytes")
            }
        }
        if let processes = places.processes, quota.processes > 0 {
            // The dyno's first process is not one of its own.
            return Self.write("\(quota.processes + 1)", to: "\(processes)/\(name)/pids.max")
        }
        return true
    }

    /// - Returns: whether the process, and all that it will start, counts here.
    func take(_ process: Int32) -> Bool { folders.allSatisfy { Self.write("\(process)", to: "\($0)/cgroup.procs") } }

    func remove() { for folder in folders { Self.removeFolder(folder) } }

    /// Takes away the groups of a dyno whose shim is gone.
    static func removeLeftovers(of folder: RunFolder) {
        guard let text = try? FileTree.readText(folder.groups, limit: 65_536) else { return }
        for line in text.split(separator: "\n") where isName(line.split(separator: "/").last ?? "", of: folder) {
            removeFolder(String(line))
        }
    }

    private static let prefix = "paas-"

    private static func name(of folder: RunFolder) -> String {
        prefix + (folder.path.split(separator: "/").last.map(String.init) ?? "")
    }

    /// A group that was made ahead keeps the name that the run folder had then, an id as well.
    private static func isName(_ name: Substring, of folder: RunFolder) -> Bool {
        name == self.name(of: folder)
            || (name.hasPrefix(prefix) && DynoID(String(name.dropFirst(prefix.count))) != nil)
    }

    /// Ends what is in a group, groups below it included, and removes it.
    static func removeFolder(_ folder: String) {
        for attempt in 0..<200 {
            if rmdir(folder) == 0 || errno == ENOENT { return }
            for name in (try? FileTree.names(in: folder)) ?? [] where FileTree.isFolder("\(folder)/\(name)") {
                removeFolder("\(folder)/\(name)")
            }
            let processes = (try? FileTree.readText("\(folder)/cgroup.procs", limit: 1 << 20)) ?? ""
            for process in processes.split(separator: "\n").compactMap({ Int32($0) }) where process > 0 {
                kill(process, SIGKILL)
            }
            // A process that is just ending holds its group a moment longer.
            usleep(attempt < 20 ? 500 : 5000)
        }
    }

    /// - Returns: whether the kernel took it.
    static func write(_ text: String, to path: String) -> Bool {
        guard let file = try? Descriptor(opening: path, O_WRONLY) else { return false }
        return (try? file.writeAll(Array(text.utf8))) != nil
    }
}
