internal import Posix
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Finished, immutable folders that slugs are made of, each under a name that says what is in it.
///
/// A layer is published by one rename, so that a crash leaves it whole or not at all. Its content may belong to another
/// user than the store; nothing here changes owners or modes inside. On disk: `FOLDER/NAME/` is the layer, and
/// `FOLDER/.size/NAME` its size once it was asked for.
package struct LayerStore: Sendable {
    private let folder: String

    /// - Parameter folder: made when absent; belongs to this store alone.
    package init(folder: String) { self.folder = folder }

    /// The host folder of a layer; `nil` when there is none of that name.
    package func path(of name: String) -> String? {
        guard Self.isName(name) else { return nil }
        let path = "\(folder)/\(name)"
        return FileTree.isFolder(path) ? path : nil
    }

    /// Moves `folder` in as the layer `name`. When that layer is there already, it stays, and `folder` is removed.
    ///
    /// - Returns: the layer's host folder.
    /// - Throws: ``InvalidLayerName``; `PosixError`, for example `EXDEV` when `folder` is on another file system.
    package func keep(_ name: String, movingFrom source: String) throws -> String {
        guard Self.isName(name) else { throw InvalidLayerName(text: name) }
        try FileTree.makeFolder(folder)
        let target = "\(folder)/\(name)"
        var info = stat()
        guard lstat(source, &info) == 0, info.st_mode & S_IFMT == S_IFDIR else {
            throw PosixError(ENOTDIR, "keep \(source)")
        }
        if FileTree.isFolder(target) {
            try FileTree.remove(source)
            return target
        }
        // The content has to be on disk before its name is: a name without content would never be mended.
        try FileTree.synchronize(source)
        if rename(source, target) != 0 {
            let error = PosixError.last("rename \(source)")
            // Somebody published the same layer in between.
            guard error.code == EEXIST || error.code == ENOTEMPTY, FileTree.isFolder(target) else { throw error }
            try FileTree.remove(source)
        }
        try FileTree.synchronize(folder)
        return target
    }

    /// Bytes of a layer's files, measured once; a file with several names counts once. 0 for a layer that is not there.
    package func size(of name: String) -> Int64 {
        guard let path = path(of: name) else { return 0 }
        let note = "\(folder)/.size/\(name)"
        if let text = try? FileTree.readText(note, limit: 64), let known = Int64(text) { return known }
        let size = SlugSize.bytes(ofFilesIn: path)
        // Measured again next time if it cannot be noted.
        try? FileTree.makeFolder("\(folder)/.size")
        try? FileTree.write(Array(String(size).utf8), to: note)
        return size
    }

    /// Removes every layer not in `needed`.
    ///
    /// A layer loses its name first, so that one that is half removed is never taken for a layer; what a crash left
    /// behind is removed by the next call.
    package func collect(keeping needed: Set<String>) throws {
        guard FileTree.isFolder(folder) else { return }
        for name in names() where !needed.contains(name) {
            let dead = "\(folder)/.dead-\(name)"
            try FileTree.remove(dead)
            try posix(rename("\(folder)/\(name)", dead), "rename \(folder)/\(name)")
            try FileTree.remove("\(folder)/.size/\(name)")
        }
        for entry in try FileTree.names(in: folder) where entry.hasPrefix(".dead-") {
            try FileTree.remove("\(folder)/\(entry)")
        }
    }

    /// The names of all layers.
    package func names() -> Set<String> {
        // A store without a folder has no layers.
        Set(
            ((try? FileTree.names(in: folder)) ?? []).filter { Self.isName($0) && FileTree.isFolder("\(folder)/\($0)") }
        )
    }

    private static func isName(_ text: String) -> Bool {
        guard (1...200).contains(text.utf8.count), !text.hasPrefix(".") else { return false }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                true
            default: false
            }
        }
    }
}

/// A layer's name that could not be a file's: letters, digits, `-`, `_` and `.`, not first.
package struct InvalidLayerName: Error, Hashable {
    package let text: String
}
