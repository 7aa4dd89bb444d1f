internal import CPosix

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// An open folder in which new entries are made by name alone, so that no symbolic link is ever followed on the way.
///
/// Names are bytes: they need not be UTF-8. What exists already is never touched (`EEXIST`).
package struct OpenFolder: ~Copyable, Sendable {
    private let descriptor: Descriptor

    /// - Throws: `ENOTDIR` or `ELOOP` where `path` is a link or no folder.
    package init(_ path: String) throws(PosixError) {
        descriptor = try Descriptor(opening: path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
    }

    private init(descriptor: consuming Descriptor) { self.descriptor = descriptor }

    /// Makes a folder with exactly the permissions `mode` and opens it.
    package borrowing func makeFolder(named name: some Sequence<UInt8>, mode: UInt32 = 0o755) throws(PosixError)
        -> OpenFolder
    {
        let name = Self.terminated(name)
        try posix(mkdirat(descriptor.raw, name, 0o700), "mkdir")
        let child = cpx_openat(descriptor.raw, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0)
        let folder = OpenFolder(descriptor: Descriptor(owning: try posix(child, "open")))
        try posix(fchmod(folder.descriptor.raw, mode_t(mode)), "chmod")
        return folder
    }

    /// Makes an empty file with exactly the permissions `mode`, open for writing.
    package borrowing func makeFile(named name: some Sequence<UInt8>, mode: UInt32 = 0o644) throws(PosixError)
        -> Descriptor
    {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW
        let number = cpx_openat(descriptor.raw, Self.terminated(name), flags, 0o600)
        let file = Descriptor(owning: try posix(number, "open"))
        try posix(fchmod(file.raw, mode_t(mode)), "chmod")
        return file
    }

    /// Makes a symbolic link; where it leads is not looked at.
    package borrowing func makeLink(named name: some Sequence<UInt8>, to target: some Sequence<UInt8>)
        throws(PosixError)
    {
        try posix(symlinkat(Self.terminated(target), descriptor.raw, Self.terminated(name)), "symlink")
    }

    private static func terminated(_ bytes: some Sequence<UInt8>) -> [CChar] {
        bytes.map(CChar.init(bitPattern:)) + [0]
    }
}

extension Descriptor {
    /// Writes all of `bytes` from where they are, for large blocks that should not be copied first.
    package borrowing func writeAll(from bytes: UnsafeRawBufferPointer) throws(PosixError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = UnsafeRawBufferPointer(rebasing: rest)
            let count = write(raw, part.baseAddress, part.count)
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                throw .last("write")
            }
        }
    }
}
