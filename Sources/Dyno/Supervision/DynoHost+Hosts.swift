internal import Posix

#if canImport(Glibc)
    internal import Glibc
#endif

extension DynoHost {
    static func hostsFile(_ settings: Settings) -> String { "\(settings.runFolder)/hosts" }

    /// Makes dynos resolve these names to this machine, also those that run already: C libraries, Python and Node know
    /// `localhost`, but no `NAME.localhost`. At L3 a dyno has the machine's own names.
    ///
    /// - Parameter names: all of them; an earlier call's are forgotten.
    package func resolve(_ names: [String]) throws {
        hostNames = names
        // Until all is written, the next start tries again.
        machineHosts = FileStamp("")
        let stamp = FileStamp("/etc/hosts")
        try FileTree.makeFolder(settings.runFolder)
        let machine = (try? FileTree.readText("/etc/hosts", limit: 1 << 20)) ?? "127.0.0.1 localhost\n::1 localhost\n"
        var bytes = Array((machine.hasSuffix("\n") ? machine : machine + "\n").utf8)
        // There may be ten thousand of them.
        for name in names {
            bytes.append(contentsOf: "127.0.0.1 ".utf8)
            bytes.append(contentsOf: name.utf8)
            bytes.append(UInt8(ascii: "\n"))
        }
        // In place: dynos see this file, not the folder it is in. And with the room for it taken first: where there is
        // none, they keep what they have.
        let file = try Descriptor(opening: Self.hostsFile(settings), O_WRONLY | O_CREAT, mode: 0o644)
        try posix(fchmod(file.raw, 0o644), "chmod hosts")
        let code = posix_fallocate(file.raw, 0, off_t(bytes.count))
        guard code == 0 else { throw PosixError(code, "make room for the list of hosts") }
        try file.writeAll(bytes)
        try posix(ftruncate(file.raw, off_t(bytes.count)), "cut hosts")
        machineHosts = stamp
    }

    /// Makes them anew when the machine's own list has changed.
    func followHosts() {
        guard let machineHosts, machineHosts != FileStamp("/etc/hosts") else { return }
        // One that cannot be written stays as it is, and the next start tries again.
        try? resolve(hostNames)
    }
}

/// Which file stands at a path, and when it was written last.
struct FileStamp: Equatable {
    private let numbers: [Int]

    init(_ path: String) {
        var info = stat()
        let isThere = stat(path, &info) == 0
        numbers = isThere ? [Int(info.st_ino), info.st_mtim.tv_sec, info.st_mtim.tv_nsec, Int(info.st_size)] : []
    }
}
