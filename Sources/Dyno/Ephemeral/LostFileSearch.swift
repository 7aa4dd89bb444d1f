internal import CPosix
internal import Model
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#endif

/// Finds what a dyno has written below /app and nobody keeps: files that are not in its slug, or not as they are there.
///
/// It reads names and sizes for as long as a stop may wait for it, and gives what it has found by then. Links are not
/// followed; whatever the app did to its tree is met with an open folder and a name.
struct LostFileSearch {
    private let deadline: UInt64
    private var found: [LostFile] = []
    private var count = 0
    private var looksLeft = 100_000
    /// How much may still be read to tell a touched file from a changed one.
    private var bytesLeft = 16 << 20

    /// The most that a stop waits.
    static let limitNanoseconds: UInt64 = 250_000_000
    /// Deeper folders than these are not looked into.
    private static let limitDepth = 48

    /// - Parameters:
    ///   - folder: what the dyno has written (an overlay's upper folder), or its whole tree.
    ///   - layers: the slug's, uppermost first.
    /// - Returns: `nil` when there is nothing.
    static func run(_ folder: String, layers: [String]) -> LostFiles? {
        var search = LostFileSearch(deadline: Moment.monotonicNanoseconds + limitNanoseconds)
        guard let written = try? Descriptor(opening: folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW) else { return nil }
        let lower = layers.map { cpx_open($0, O_RDONLY | O_DIRECTORY, 0) }
        defer { for number in lower where number >= 0 { close(number) } }
        search.walk(written, lower: lower.filter { $0 >= 0 }, below: [])
        guard search.count > 0 else { return nil }
        return LostFiles(
            files: search.found.sorted { $0.path < $1.path }, count: search.count, isComplete: search.mayGoOn)
    }

    private init(deadline: UInt64) { self.deadline = deadline }

    private var mayGoOn: Bool { looksLeft > 0 && Moment.monotonicNanoseconds < deadline }

    private mutating func walk(_ folder: borrowing Descriptor, lower: [Int32], below path: [String]) {
        guard path.count < Self.limitDepth, let number = try? folder.duplicate().release() else { return }
        guard let handle = fdopendir(number) else {
            close(number)
            return
        }
        defer { closedir(handle) }
        while let entry = readdir(handle), mayGoOn {
            looksLeft -= 1
            // Names stay bytes for the calls: they need not be UTF-8.
            var name = withUnsafeBytes(of: entry.pointee.d_name) { raw in
                raw.prefix { $0 != 0 }.map(CChar.init(bitPattern:))
            }
            name.append(0)
            if name == [46, 0] || name == [46, 46, 0] { continue }
            let text = String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self).printable
            var info = stat()
            guard !PassingFiles.include(path + [text]), fstatat(folder.raw, name, &info, AT_SYMLINK_NOFOLLOW) == 0
            else { continue }
            switch info.st_mode & S_IFMT {
            case S_IFDIR: enter(name, text, of: folder, lower: lower, below: path)
            case S_IFREG where isNew(name, info, in: folder, lower: lower):
                count += 1
                guard found.count < LostFiles.limit else { continue }
                found.append(
                    LostFile(path: (path + [text]).joined(separator: "/"), sizeBytes: Int64(info.st_size)))
            default: continue
            }
        }
    }

    private mutating func enter(
        _ name: [CChar], _ text: String, of folder: borrowing Descriptor, lower: [Int32], below path: [String]
    ) {
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW
        let child = Descriptor(owning: cpx_openat(folder.raw, name, flags, 0))
        guard child.raw >= 0 else { return }
        let counterparts = lower.map { cpx_openat($0, name, flags, 0) }
        defer { for number in counterparts where number >= 0 { close(number) } }
        walk(child, lower: counterparts.filter { $0 >= 0 }, below: path + [text])
    }

    /// Not in the slug, or with other content there. An overlay also has files whose owner or mode alone was changed.
    private mutating func isNew(
        _ name: [CChar], _ info: stat, in folder: borrowing Descriptor, lower: [Int32]
    ) -> Bool {
        for layer in lower {
            var before = stat()
            guard fstatat(layer, name, &before, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
            guard before.st_mode & S_IFMT == S_IFREG, before.st_size == info.st_size else { return true }
            if before.st_mtim.tv_sec == info.st_mtim.tv_sec, before.st_mtim.tv_nsec == info.st_mtim.tv_nsec {
                return false
            }
            return !hasSameContent(name, Int(info.st_size), in: folder, and: layer)
        }
        return true
    }

    private mutating func hasSameContent(
        _ name: [CChar], _ size: Int, in folder: borrowing Descriptor, and layer: Int32
    ) -> Bool {
        guard size <= min(bytesLeft, 1 << 20) else { return false }
        bytesLeft -= size
        let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK
        let one = Descriptor(owning: cpx_openat(folder.raw, name, flags, 0))
        let other = Descriptor(owning: cpx_openat(layer, name, flags, 0))
        guard one.raw >= 0, other.raw >= 0, let left = try? one.readAll(limit: 1 << 20),
            let right = try? other.readAll(limit: 1 << 20)
        else { return false }
        return left == right
    }
}
