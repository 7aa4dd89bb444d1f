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

    /// Removes a file, or a folder with all that is in it; what is not there is no error.
    ///
    /// Folders that forbid their own removal (an overlay's `work`) are opened up first. Where somebody still writes
    /// into a folder, it is emptied again, a few times.
    package static func remove(_ path: String) throws(PosixError) {
        var info = stat()
        guard lstat(path, &info) == 0 else {
            if errno == ENOENT { return }
            throw .last("lstat \(path)")
        }
        guard info.st_mode & S_IFMT == S_IFDIR else {
            if unlink(path) != 0, errno != ENOENT { throw .last("unlink \(path)") }
            return
        }
        if info.st_mode & 0o700 != 0o700 { chmod(path, 0o700) }
        let folder = try Descriptor(opening: path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        try removeEmptied(folder, path) { rmdir(path) }
    }

    /// Empties `folder` and removes it with `rmdir`; again while others put something into it meanwhile.
    private static func removeEmptied(
        _ folder: borrowing Descriptor, _ path: String, rmdir: () -> Int32
    ) throws(PosixError) {
        for attempt in 1... {
            try removeContents(of: folder, path)
            if rmdir() == 0 || errno == ENOENT { return }
            guard errno == ENOTEMPTY || errno == EEXIST, attempt < emptyingAttempts else {
                throw .last("rmdir \(path)")
            }
            sched_yield()
        }
    }

    /// How often a folder is emptied for its removal before whoever fills it is thought never to end.
    private static let emptyingAttempts = 1000

    private static func removeContents(of folder: borrowing Descriptor, _ path: String) throws(PosixError) {
        let handleNumber = try folder.duplicate().release()
        guard let handle = fdopendir(handleNumber) else {
            close(handleNumber)
            throw .last("opendir \(path)")
        }
        defer { closedir(handle) }
        rewinddir(handle)
        while let entry = readdir(handle) {
            // Names stay bytes here: they need not be UTF-8.
            var name = withUnsafeBytes(of: entry.pointee.d_name) { raw in
                raw.prefix { $0 != 0 }.map(CChar.init(bitPattern:))
            }
            name.append(0)
            if name == [46, 0] || name == [46, 46, 0] { continue }
            if unlinkat(folder.raw, name, 0) == 0 { continue }
            guard errno == EISDIR || errno == EPERM else {
                if errno == ENOENT { continue }
                throw .last("unlink in \(path)")
            }
            var info = stat()
            if fstatat(folder.raw, name, &info, AT_SYMLINK_NOFOLLOW) == 0, info.st_mode & 0o700 != 0o700 {
                fchmodat(folder.raw, name, 0o700, 0)
            }
            let number = cpx_openat(folder.raw, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0)
            let child = Descriptor(owning: try posix(number, "open in \(path)"))
            try removeEmptied(child, path) { unlinkat(folder.raw, name, Int32(AT_REMOVEDIR)) }
        }
    }

    /// Bytes that ordinary users may still write on the file system of `path`.
    package static func freeBytes(at path: String) throws(PosixError) -> Int64 {
        try posix(cpx_free_bytes(path), "statvfs \(path)")
    }
}
