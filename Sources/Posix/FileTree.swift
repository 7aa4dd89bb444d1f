internal import CPosix

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Folders and files; nothing here follows a symbolic link out of the tree it was given.
package enum FileTree {
    package static func exists(_ path: String) -> Bool { cpx_exists(path) != 0 }

    package static func isFolder(_ path: String) -> Bool {
        var info = stat()
        return stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFDIR
    }

    /// Whether its owner may run the file at `path`.
    package static func isProgram(_ path: String) -> Bool {
        var info = stat()
        return stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFREG && info.st_mode & 0o500 == 0o500
    }

    /// Whether there is something at `path`, wherever links lead, that is neither a file nor a folder: a device, a pipe.
    package static func isSpecial(_ path: String) -> Bool {
        var info = stat()
        return stat(path, &info) == 0 && ![S_IFREG, S_IFDIR].contains(info.st_mode & S_IFMT)
    }

    /// Where links lead; `nil` for what is not there.
    package static func resolved(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }

    /// Makes `path` and the folders above it; those that exist stay as they are.
    package static func makeFolder(_ path: String, mode: UInt32 = 0o700) throws(PosixError) {
        if mkdir(path, mode_t(mode)) == 0 { return }
        switch errno {
        case EEXIST where isFolder(path): return
        case ENOENT:
            guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { throw .last("mkdir \(path)") }
            try makeFolder(String(path[..<slash]), mode: mode)
            // Once: below /proc the folder above is there, and still nothing can be made in it.
            guard mkdir(path, mode_t(mode)) != 0 else { return }
            guard errno == EEXIST, isFolder(path) else { throw .last("mkdir \(path)") }
        default: throw .last("mkdir \(path)")
        }
    }

    /// The names in a folder, without `.` and `..`, sorted; names that are no UTF-8 are repaired for display.
    package static func names(in folder: String) throws(PosixError) -> [String] {
        guard let handle = opendir(folder) else { throw .last("opendir \(folder)") }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { raw in
                String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    package static func read(_ path: String, limit: Int = .max) throws(PosixError) -> [UInt8] {
        try Descriptor(opening: path).readAll(limit: limit)
    }

    package static func readText(_ path: String, limit: Int = 1 << 24) throws(PosixError) -> String {
        String(decoding: try read(path, limit: limit), as: UTF8.self)
    }

    /// Writes a whole file so that a reader, or a power cut, meets the old content or the new.
    package static func write(_ bytes: some Collection<UInt8>, to path: String, mode: UInt32 = 0o600) throws(PosixError)
    {
        let temporary = "\(path).\(getpid()).new"
        do {
            let file = try Descriptor(opening: temporary, O_WRONLY | O_CREAT | O_TRUNC, mode: mode)
            try posix(fchmod(file.raw, mode_t(mode)), "chmod \(temporary)")
            try file.writeAll(bytes)
            try posix(fsync(file.raw), "fsync \(temporary)")
        } catch {
            unlink(temporary)
            throw error
        }
        try posix(rename(temporary, path), "rename \(temporary)")
    }

    /// Gives a file or folder another name, in the place of what had that name.
    package static func move(_ path: String, to other: String) throws(PosixError) {
        try posix(rename(path, other), "rename \(path)")
    }

    /// A file of its own for what is written to it, empty, in the place of what had that name.
    package static func create(_ path: String, mode: UInt32 = 0o600) throws(PosixError) -> Descriptor {
        try Descriptor(opening: path, O_WRONLY | O_CREAT | O_TRUNC, mode: mode)
    }

    /// Opens what is there for writing.
    package static func open(_ path: String) throws(PosixError) -> Descriptor {
        try Descriptor(opening: path, O_WRONLY)
    }

    /// How large a file is, in bytes.
    package static func size(of path: String) throws(PosixError) -> Int64 {
        var info = stat()
        try posix(stat(path, &info), "stat \(path)")
        return Int64(info.st_size)
    }

    /// Gives a file's or socket's owner's rights to a group as well; of a folder only the right to go through it.
    package static func share(_ path: String, with group: UInt32, crossing: Bool = false) throws(PosixError) {
        try posix(lchown(path, uid_t.max, group), "chown \(path)")
        var info = stat()
        try posix(stat(path, &info), "stat \(path)")
        try posix(chmod(path, (info.st_mode & 0o7777) | (crossing ? 0o010 : 0o060)), "chmod \(path)")
    }

    /// - Returns: `nil` when there is nothing at `path`.
    package static func group(of path: String) -> UInt32? {
        var info = stat()
        return stat(path, &info) == 0 ? info.st_gid : nil
    }

    /// Gives what is at `path` a second name, on the same file system; one that it has already is kept.
    package static func link(_ path: String, as name: String) throws(PosixError) {
        guard systemLink(path, name) != 0, errno != EEXIST else { return }
        throw .last("link \(name)")
    }

    private static func systemLink(_ path: String, _ name: String) -> Int32 {
        #if canImport(Glibc)
            Glibc.link(path, name)
        #else
            Darwin.link(path, name)
        #endif
    }

    /// Bytes that ordinary users may still write on the file system of `path`.
    package static func freeBytes(at path: String) throws(PosixError) -> Int64 {
        try posix(cpx_free_bytes(path), "statvfs \(path)")
    }

    /// Returns when all that was written to the file system of `path` is on its disk: for trees of many files, where one
    /// wait for each would be too many.
    package static func synchronize(_ path: String) throws(PosixError) {
        let file = try Descriptor(opening: path)
        try posix(cpx_sync_file_system(file.raw), "syncfs \(path)")
    }
}
