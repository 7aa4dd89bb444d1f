internal import Posix

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// A folder that holds somebody else's files: the app's tree, or its cache.
///
/// The app chooses what stands in it, the daemon may be root: nothing here follows a symbolic link that leads out, and
/// what is written belongs to the folder's owner, so that the build dyno can go on working with it.
struct WorkTree: Sendable {
    /// Host path.
    let root: String

    func path(_ relative: String) -> String { relative.isEmpty ? root : "\(root)/\(relative)" }

    /// Where `relative` really is; `nil` when it is absent or leads out of the folder.
    func realPath(_ relative: String) -> String? {
        guard let base = Self.resolved(root), let real = Self.resolved(path(relative)) else { return nil }
        return real == base || real.hasPrefix(base + "/") ? real : nil
    }

    func isFolder(_ relative: String) -> Bool { kind(relative) == S_IFDIR }
    func isFile(_ relative: String) -> Bool { kind(relative) == S_IFREG }

    /// Whether it is a plain file that may be run and has no ending: a library has one.
    func isProgram(_ relative: String) -> Bool {
        guard let real = realPath(relative), let name = relative.split(separator: "/").last, !name.contains(".") else {
            return false
        }
        var info = stat()
        return lstat(real, &info) == 0 && info.st_mode & S_IFMT == S_IFREG && info.st_mode & 0o111 != 0
    }

    /// The bytes of a plain file of at most `limit` bytes; `nil` for anything else.
    func read(_ relative: String, limit: Int = 4 << 20) -> [UInt8]? {
        guard let real = realPath(relative), isFile(relative) else { return nil }
        return try? FileTree.read(real, limit: limit)  // Unreadable is as good as absent to every caller.
    }

    func readText(_ relative: String, limit: Int = 4 << 20) -> String? {
        read(relative, limit: limit).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The sorted names in a folder; empty when there is none.
    func names(in relative: String) -> [String] {
        guard isFolder(relative), let real = realPath(relative) else { return [] }
        return Machine.names(in: real)
    }

    /// Writes a whole file, with the folders above it.
    func write(_ text: String, to relative: String, mode: UInt32 = 0o644) throws {
        try write(Array(text.utf8), to: relative, mode: mode)
    }

    func write(_ bytes: [UInt8], to relative: String, mode: UInt32 = 0o644) throws {
        try makeFolder(Self.parent(of: relative))
        let target = path(relative)
        var info = stat()
        if lstat(target, &info) == 0 { try FileTree.remove(target) }
        do {
            let file = try Descriptor(opening: target, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: mode)
            try posix(fchmod(file.raw, mode_t(mode)), "chmod \(target)")
            try file.writeAll(bytes)
        }
        try adopt(target)
    }

    func link(_ relative: String, to target: String) throws {
        try makeFolder(Self.parent(of: relative))
        try FileTree.remove(path(relative))
        try posix(symlink(target, path(relative)), "symlink \(path(relative))")
        try adopt(path(relative))
    }

    /// Makes a folder and those above it, below the root only.
    ///
    /// - Returns: its host path.
    @discardableResult
    func makeFolder(_ relative: String) throws -> String {
        var current = root
        if !FileTree.exists(root) { try FileTree.makeFolder(root) }
        for component in relative.split(separator: "/") where component != "." {
            current += "/\(component)"
            var info = stat()
            if lstat(current, &info) == 0 {
                guard info.st_mode & S_IFMT == S_IFDIR else { throw PosixError(ENOTDIR, "mkdir \(current)") }
                continue
            }
            try posix(mkdir(current, 0o755), "mkdir \(current)")
            try posix(chmod(current, 0o755), "chmod \(current)")
            try adopt(current)
        }
        return current
    }

    /// Removes a file or a folder; never what a symbolic link points to.
    func remove(_ relative: String) throws {
        guard !relative.isEmpty, realPath(Self.parent(of: relative)) != nil else { return }
        try FileTree.remove(path(relative))
    }

    /// Moves a file or folder from here to `target`.
    func move(_ relative: String, to target: String) throws {
        try posix(rename(path(relative), target), "rename \(path(relative))")
    }

    /// Gives a path to the owner of this folder.
    func adopt(_ path: String) throws {
        guard geteuid() == 0 else { return }
        var info = stat()
        guard stat(root, &info) == 0 else { throw PosixError.last("stat \(root)") }
        if info.st_uid != 0 || info.st_gid != 0 {
            try posix(lchown(path, info.st_uid, info.st_gid), "chown \(path)")
        }
    }

    private func kind(_ relative: String) -> mode_t? {
        guard let real = realPath(relative) else { return nil }
        var info = stat()
        return lstat(real, &info) == 0 ? info.st_mode & S_IFMT : nil
    }

    static func resolved(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }

    static func parent(of relative: String) -> String {
        guard let slash = relative.lastIndex(of: "/") else { return "" }
        return String(relative[..<slash])
    }
}
