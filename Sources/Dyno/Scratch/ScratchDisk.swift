internal import CPosix
internal import Model
internal import Posix
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#endif

/// A file system for what one dyno writes, mounted nowhere yet: an ext4 on a loop device over a sparse file.
///
/// None of the three has a name. The kernel keeps them as long as somebody holds the mount and gives the room back after
/// that, however whoever held it has ended.
final class ScratchDisk: Sendable {
    private let descriptor: Mutex<Int32>

    init(mount: consuming Descriptor) { descriptor = Mutex(mount.release()) }

    /// A descriptor of the mount, for a shim to inherit.
    var mount: Int32 { descriptor.withLock { $0 } }

    /// The last user waits for the kernel to take it apart.
    func letGo() {
        let number = descriptor.withLock { number in
            defer { number = -1 }
            return number
        }
        if number >= 0 { close(number) }
    }

    deinit { letGo() }
}

/// An empty file system that scratch disks are copied from: a millisecond, where `mkfs.ext4` takes a process and ten.
final class ScratchTemplate: Sendable {
    private let image: Descriptor
    private let folder: String
    private let bytes: UInt64

    /// - Parameters:
    ///   - folder: of dynos' run folders; on the disk that the files take.
    ///   - quotaBytes: what a dyno may write.
    init(in folder: String, quotaBytes: UInt64) throws {
        guard let program = Subprocess.find("mkfs.ext4", path: "/usr/sbin:/sbin:/usr/bin:/bin") else {
            throw ScratchObstacle(reason: "there is no mkfs.ext4")
        }
        self.folder = folder
        bytes = Self.fileBytes(for: quotaBytes)
        try FileTree.makeFolder(folder)
        image = try Self.namelessFile(in: folder, bytes: bytes)
        // No journal: what a power cut leaves is thrown away. No name for udev to make links of.
        let (end, _, errors) = try Subprocess.capture(
            program,
            arguments: [
                "-q", "-F", "-b", "4096", "-m", "0", "-i", "\(Self.bytesPerFile)", "-I", "256", "-U", "clear", "-O",
                "^has_journal,^resize_inode", "-E", "nodiscard,lazy_itable_init=1", "/proc/\(getpid())/fd/\(image.raw)",
            ], environment: ["PATH": "/usr/sbin:/sbin:/usr/bin:/bin", "LC_ALL": "C"])
        guard end.isSuccess else {
            let words = String(decoding: errors.prefix(500), as: UTF8.self).split(separator: "\n").last ?? "\(end)"
            throw ScratchObstacle(reason: "mkfs.ext4 says \(words)")
        }
    }

    func disk() throws(PosixError) -> ScratchDisk {
        let file = try Self.namelessFile(in: folder, bytes: bytes)
        try posix(cpx_copy_data(image.raw, file.raw), "copy an empty file system")
        let mount = Descriptor(owning: try posix(cpx_mount_image(file.raw), "mount it on a loop device"))
        // Here rather than at the dyno's start: its first use has the kernel read the maps.
        try Preparation.makeFolders(in: "/proc/self/fd/\(mount.raw)")
        return ScratchDisk(mount: mount)
    }

    /// One file for each block: what runs out first is always the room.
    private static let bytesPerFile: UInt64 = 4096

    /// The quota, and what an ext4 needs beside it: 256 bytes for each file, its maps, and what it keeps for itself (the
    /// less of 2 % and 16 MiB).
    private static func fileBytes(for quotaBytes: UInt64) -> UInt64 {
        let own = quotaBytes / bytesPerFile * 256 + quotaBytes / 200 + min(quotaBytes / 50, 16 << 20) + (512 << 10)
        return (quotaBytes + own + 4095) / 4096 * 4096
    }

    private static func namelessFile(in folder: String, bytes: UInt64) throws(PosixError) -> Descriptor {
        // Whoever is killed in between leaves what the next daemon removes.
        let path = "\(folder)/\(DynoHost.gonePrefix)\(DynoID())"
        let file = try Descriptor(opening: path, O_RDWR | O_CREAT | O_EXCL)
        unlink(path)
        try posix(ftruncate(file.raw, off_t(clamping: bytes)), "make room for scratch")
        return file
    }
}

/// Why dynos get no file systems of their own here.
struct ScratchObstacle: Error, CustomStringConvertible {
    let reason: String
    var description: String { reason }
}
