internal import CPosix

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

extension FileTree {
    /// Removes a file, or a folder with all that is in it; what is not there is no error.
    ///
    /// Folders that forbid their own removal (an overlay's `work`) are opened up first. Where somebody still writes
    /// into a folder, it is emptied again, a few times. However deep the tree is, few descriptors are open at once.
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
        var removal = FolderRemoval(path: path, top: folder.raw)
        try removal.run(folder) { rmdir(path) }
    }
}

/// The removal of one folder. What lies too deep is moved up into it and removed from there.
private struct FolderRemoval {
    let path: String
    let top: Int32
    /// How many folders were moved up; numbers their new names.
    private var lifted = 0

    /// How often a folder is emptied for its removal before whoever fills it is thought never to end.
    private static let emptyingAttempts = 1000
    /// Two descriptors are open for each level.
    private static let deepest = 32

    init(path: String, top: Int32) {
        self.path = path
        self.top = top
    }

    mutating func run(_ folder: borrowing Descriptor, rmdir: () -> Int32) throws(PosixError) {
        try remove(folder, depth: 0, rmdir: rmdir)
    }

    /// Empties `folder` and removes it with `rmdir`; again while something is put into it meanwhile.
    private mutating func remove(
        _ folder: borrowing Descriptor, depth: Int, rmdir: () -> Int32
    ) throws(PosixError) {
        var attempts = 0
        while true {
            let before = lifted
            try empty(folder, depth: depth)
            if rmdir() == 0 || errno == ENOENT { return }
            guard errno == ENOTEMPTY || errno == EEXIST else { throw .last("rmdir \(path)") }
            if depth == 0, lifted > before { continue }
            attempts += 1
            guard attempts < Self.emptyingAttempts else { throw .last("rmdir \(path)") }
            sched_yield()
        }
    }

    private mutating func empty(_ folder: borrowing Descriptor, depth: Int) throws(PosixError) {
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
            guard depth < Self.deepest else {
                try lift(name, from: folder)
                continue
            }
            let number = cpx_openat(folder.raw, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0)
            let child = Descriptor(owning: try posix(number, "open in \(path)"))
            try remove(child, depth: depth + 1) { unlinkat(folder.raw, name, Int32(AT_REMOVEDIR)) }
        }
    }

    /// Moves a folder up into the top one, under a name that nothing there has.
    private mutating func lift(_ name: [CChar], from folder: borrowing Descriptor) throws(PosixError) {
        while true {
            lifted += 1
            if renameat(folder.raw, name, top, ".lifted-\(lifted)") == 0 { return }
            guard errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR else { throw .last("rename in \(path)") }
        }
    }
}
