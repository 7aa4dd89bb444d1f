internal import CPosix
internal import Model
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#endif

/// Puts a dyno's own root together and moves into it: the machine's programs read-only, its own /app, /tmp, /dev and
/// /proc, and nothing of anybody's home.
///
/// Runs in the dyno's new mount namespace, before any of its processes; nothing of it is seen outside.
struct DynoRoot {
    let plan: LaunchPlan
    let folder: RunFolder

    /// Folders of the machine that a dyno sees, read-only; a symbolic link (`/bin`) becomes the same link.
    static let system = ["usr", "etc", "opt", "nix", "bin", "sbin", "lib", "lib32", "lib64", "libx32"]

    /// Lays what is the same for every dyno of this level.
    func lay() throws(LaunchFailure) {
        umask(0)
        // What the machine unmounts meanwhile is not held here; nothing that is done here is seen there.
        try step(cpx_follow_mounts(), "follow the machine's mounts")
        try mount("tmpfs", "", options: "mode=0755,size=4m")
        try addSystem()
        try addDevices()
        try addProcesses()
        try addWritable()
    }

    /// Lays what is this dyno's own, and moves in.
    func enter() throws(LaunchFailure) {
        try step(cpx_make_mounts_private(), "make mounts private")
        try AccountFiles(plan: plan, folder: folder).mount()
        try addLimits()
        try addSharedMemory()
        try SandboxContent(plan: plan, folder: folder).mount()
        try hideHomes { Self.isShown($0) }
        addToolchains()
        try hideHomes { home in plan.toolchains.contains { home.hasPrefix($0 + "/") } }
        try addReadable()
        try step(cpx_seal(folder.root), "seal the root")
        try step(chdir(folder.root), "chdir to the new root")
        try step(cpx_pivot_here(), "pivot_root")
        // A name for the prompt only; not worth failing for.
        _ = cpx_set_hostname(plan.hostname)
    }

    // MARK: The machine's part

    private func addSystem() throws(LaunchFailure) {
        for name in Self.system {
            if let target = Self.linkTarget("/\(name)") {
                try step(symlink(target, inside("/\(name)")), "link /\(name)")
            } else if FileTree.isFolder("/\(name)") {
                try bindReadOnly("/\(name)", at: "/\(name)")
            }
        }
        let processors = "/sys/devices/system/cpu"
        if FileTree.isFolder(processors) { try bindReadOnly(processors, at: processors) }
    }

    /// What programs read to learn how much memory they have, in both layouts. Source: heroku-platform.md §3.
    private func addLimits() throws(LaunchFailure) {
        guard plan.quota.memoryBytes > 0 else { return }
        try makeFolder("/sys/fs/cgroup/memory")
        for path in ["memory/memory.limit_in_bytes", "memory.max"] {
            try makeFile("/sys/fs/cgroup/\(path)", "\(plan.quota.memoryBytes)\n")
        }
    }

    private func addDevices() throws(LaunchFailure) {
        try mount("tmpfs", "/dev", options: "mode=0755,size=64k", flags: CPX_MOUNT_NO_EXEC)
        for name in ["null", "zero", "full", "random", "urandom", "tty"] {
            try makeFile("/dev/\(name)")
            try bind("/dev/\(name)", at: "/dev/\(name)", flags: CPX_MOUNT_DEVICES | CPX_MOUNT_NO_EXEC)
        }
        try mount(
            "devpts", "/dev/pts", options: "newinstance,ptmxmode=0666,mode=0620",
            flags: CPX_MOUNT_DEVICES | CPX_MOUNT_NO_EXEC)
        let links = [
            ("pts/ptmx", "ptmx"), ("/proc/self/fd", "fd"), ("/proc/self/fd/0", "stdin"), ("/proc/self/fd/1", "stdout"),
            ("/proc/self/fd/2", "stderr"),
        ]
        for (target, name) in links { try step(symlink(target, inside("/dev/\(name)")), "link /dev/\(name)") }
    }

    private func addSharedMemory() throws(LaunchFailure) {
        let size = plan.quota.memoryBytes > 0 ? "\(plan.quota.memoryBytes)" : "25%"
        try mount("tmpfs", "/dev/shm", options: "mode=1777,size=\(size)", flags: CPX_MOUNT_NO_EXEC)
    }

    private func addProcesses() throws(LaunchFailure) {
        if plan.level.hasProcessNamespace {
            try mount("proc", "/proc", options: "", flags: CPX_MOUNT_NO_EXEC)
        } else {
            try makeFolder("/proc")
            try bind("/proc", at: "/proc", flags: CPX_MOUNT_NO_EXEC)
        }
    }

    private func addWritable() throws(LaunchFailure) {
        for (path, source) in [("/tmp", "tmp"), ("/var/tmp", "vartmp")] {
            try makeFolder(path)
            try bind("\(folder.scratch)/\(source)", at: path, flags: 0)
        }
        for path in ["/run", "/var/lib", "/var/log", "/var/cache"] { try makeFolder(path) }
    }

    // MARK: Homes

    /// A home that lies inside a folder that is shown (`/opt/paas`, `~/.deno/paas`) is covered.
    private func hideHomes(_ isShown: (String) -> Bool) throws(LaunchFailure) {
        for home in plan.hidden where isShown(home) && FileTree.isFolder(inside(home)) {
            try mount("tmpfs", home, options: "mode=0755,size=1m")
        }
    }

    private func addToolchains() {
        for toolchain in plan.toolchains {
            if Self.isShown(toolchain), !plan.hidden.contains(where: { toolchain.hasPrefix($0 + "/") }) { continue }
            // One that cannot be shown is missed by those who need it only.
            try? bindReadOnly(toolchain, at: toolchain)
        }
    }

    private func addReadable() throws(LaunchFailure) {
        var all = plan.readable
        if case .build(let folders) = plan.content { all += folders.readable }
        for path in all {
            if Self.isShown(path), !plan.hidden.contains(where: { path.hasPrefix($0 + "/") }) { continue }
            try bindReadOnly(path, at: path)
        }
    }

    private static func isShown(_ path: String) -> Bool {
        system.contains { path.hasPrefix("/\($0)/") && linkTarget("/\($0)") == nil }
    }
}

// MARK: - Steps

extension DynoRoot {
    /// Where `path` of the dyno is before the new root is entered.
    func inside(_ path: String) -> String { folder.root + path }

    func makeFolder(_ path: String) throws(LaunchFailure) {
        do { try FileTree.makeFolder(inside(path), mode: 0o755) } catch { throw LaunchFailure(error) }
    }

    func makeFile(_ path: String, _ text: String = "") throws(LaunchFailure) {
        do {
            let file = try Descriptor(opening: inside(path), O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644)
            try file.writeAll(Array(text.utf8))
        } catch { throw LaunchFailure(error) }
    }

    func bindReadOnly(_ source: String, at path: String) throws(LaunchFailure) {
        if !FileTree.isFolder(inside(path)) { try makeFolder(path) }
        try bind(source, at: path, flags: CPX_MOUNT_READ_ONLY)
    }

    func bind(_ source: String, at path: String, flags: Int32) throws(LaunchFailure) {
        try step(cpx_bind(source, inside(path), UInt32(flags)), "bind \(path)")
    }

    func mount(_ type: String, _ path: String, options: String, flags: Int32 = 0) throws(LaunchFailure) {
        if !path.isEmpty { try makeFolder(path) }
        try step(cpx_mount(type, inside(path), options, UInt32(flags)), "mount \(type) on \(path.isEmpty ? "/" : path)")
    }

    static func linkTarget(_ path: String) -> String? {
        var target = [CChar](repeating: 0, count: 4096)
        let count = readlink(path, &target, target.count)
        let bytes = target.prefix(max(0, count)).map(UInt8.init(bitPattern:))
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }
}

/// Passes over a success, and throws what `errno` says when a step of the set-up failed.
func step(_ result: Int32, _ name: @autoclosure () -> String) throws(LaunchFailure) {
    guard result >= 0 else {
        let code = errno
        throw LaunchFailure(step: name(), code: code)
    }
}
