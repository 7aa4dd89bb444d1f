internal import Posix

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Brings a folder in the cache to the content of the tree, and touches only what differs, so that the times of
/// unchanged files stay and a compiler that goes by them does no work twice.
struct SourceMirror {
    let source: WorkTree
    let target: WorkTree

    /// - Parameter skipping: names at the top that are left out.
    func update(skipping: Set<String>) throws {
        try target.makeFolder("")
        try update("", skipping: skipping)
    }

    private func update(_ folder: String, skipping: Set<String> = []) throws {
        let wanted = try FileTree.names(in: source.path(folder)).filter { !skipping.contains($0) }
        let present = Set(try FileTree.names(in: target.path(folder)))
        for name in present.subtracting(wanted) where !skipping.contains(name) { try target.remove(join(folder, name)) }
        for name in wanted {
            let path = join(folder, name)
            guard let kind = kind(source.path(path)) else { continue }
            let old = kindAndSize(target.path(path))
            switch kind {
            case S_IFDIR:
                if let old, old.kind != S_IFDIR { try target.remove(path) }
                try target.makeFolder(path)
                try update(path)
            case S_IFREG:
                let bytes = try FileTree.read(source.path(path))
                let mode = mode(source.path(path))
                if let old, old.kind == S_IFREG, old.size == bytes.count, self.mode(target.path(path)) == mode,
                    try FileTree.read(target.path(path)) == bytes
                {
                    continue
                }
                try target.write(bytes, to: path, mode: mode)
            case S_IFLNK:
                let link = destination(source.path(path))
                if let old, old.kind == S_IFLNK, destination(target.path(path)) == link { continue }
                try target.link(path, to: link)
            default: continue
            }
        }
    }

    private func join(_ folder: String, _ name: String) -> String { folder.isEmpty ? name : "\(folder)/\(name)" }

    private func kind(_ path: String) -> mode_t? { kindAndSize(path)?.kind }

    private func kindAndSize(_ path: String) -> (kind: mode_t, size: Int)? {
        var info = stat()
        guard lstat(path, &info) == 0 else { return nil }
        return (info.st_mode & S_IFMT, Int(info.st_size))
    }

    private func mode(_ path: String) -> UInt32 {
        var info = stat()
        guard lstat(path, &info) == 0 else { return 0o644 }
        return info.st_mode & 0o111 != 0 ? 0o755 : 0o644
    }

    private func destination(_ path: String) -> String {
        let bytes = [UInt8](unsafeUninitializedCapacity: 4_096) { buffer, count in
            guard let start = buffer.baseAddress else { return }
            count = max(
                0, readlink(path, UnsafeMutableRawPointer(start).assumingMemoryBound(to: CChar.self), buffer.count))
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
