internal import Posix

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// How large a slug is, as Heroku counts: compressed.
package enum SlugSize {
    /// The largest slug by default, compressed, in bytes. Source: heroku-platform.md §8.
    package static let limitBytes: Int64 = 500 << 20
    /// From here on a push warns.
    package static let softLimitBytes: Int64 = 300 << 20

    /// `56.7M`, `812K`, `0K`, as in "Done: 56.7M".
    package static func format(_ bytes: Int64) -> String {
        if bytes < 1 << 20 { return "\((max(0, bytes) + 512) >> 10)K" }
        let tenths = (bytes * 10 + (1 << 19)) >> 20
        return "\(tenths / 10).\(tenths % 10)M"
    }

    /// Bytes of the plain files below `folder`; a file with several names counts once, a sparse one as it reads.
    ///
    /// What cannot be read counts nothing; symbolic links are not followed.
    package static func bytes(ofFilesIn folder: String) -> Int64 {
        var total: Int64 = 0
        var counted: Set<FileID> = []
        var folders = [folder]
        while let current = folders.popLast() {
            for name in (try? FileTree.names(in: current)) ?? [] {
                let path = "\(current)/\(name)"
                var info = stat()
                guard lstat(path, &info) == 0 else { continue }
                switch info.st_mode & S_IFMT {
                case S_IFDIR: folders.append(path)
                case S_IFREG:
                    let id = FileID(device: UInt64(info.st_dev), inode: UInt64(info.st_ino))
                    if info.st_nlink > 1, !counted.insert(id).inserted { continue }
                    total += Int64(info.st_size)
                default: break
                }
            }
        }
        return total
    }

    private struct FileID: Hashable {
        let device: UInt64
        let inode: UInt64
    }

    /// What a slug of these layers weighs against its limit.
    ///
    /// Files that are below the limit as they are need no compression to be judged: their sum is given. Only above it
    /// they are packed for real, and counted without being kept.
    ///
    /// - Parameters:
    ///   - layers: host folders.
    ///   - sum: bytes of all their files.
    ///   - path: where `tar` and `gzip` are looked for.
    /// - Returns: bytes, of the files or compressed.
    /// - Throws: `PosixError` when `tar` cannot be run. Blocks until it has run; call it from a pool's thread.
    package static func measured(
        layers: [String], sum: Int64, limit: Int64 = limitBytes, path: String = "/usr/bin:/bin"
    )
        throws -> Int64
    {
        guard sum > limit else { return sum }
        guard let shell = Subprocess.find("sh", path: path) else { throw PosixError(ENOENT, "find sh") }
        let packed = try Subprocess.capture(
            shell,
            arguments: [
                "-c", #"for layer do tar -C "$layer" -cf - . 2>/dev/null || exit 1; done | gzip -1 | wc -c"#,
                "slug-size",
            ] + layers,
            environment: ["PATH": path, "LC_ALL": "C"])
        let text = String(decoding: packed.output, as: UTF8.self).filter(\.isNumber)
        guard packed.end.isSuccess, let bytes = Int64(text) else {
            throw PosixError(EIO, "measure the slug's size")
        }
        return bytes
    }
}
