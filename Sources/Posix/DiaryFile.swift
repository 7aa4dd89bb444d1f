#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// A file that a program's standard error goes to, begun anew when it has grown; one older one stays beside it.
package struct DiaryFile: Sendable {
    package static let limitBytes = 4 << 20
    private let path: String

    package init(path: String) { self.path = path }

    private var older: String { "\(path).1" }

    /// Puts a full file aside and leads standard error to a new one.
    ///
    /// Does nothing where standard error is something else, for example a terminal. What other processes still write
    /// into the old file stays there.
    package func turn(at limitBytes: Int = Self.limitBytes) throws(PosixError) {
        var open = stat()
        var named = stat()
        guard fstat(STDERR_FILENO, &open) == 0, open.st_size >= limitBytes, stat(path, &named) == 0,
            open.st_dev == named.st_dev, open.st_ino == named.st_ino
        else { return }
        try posix(rename(path, older), "rename \(path)")
        let fresh = try Descriptor(opening: path, O_WRONLY | O_CREAT | O_APPEND, mode: 0o600)
        try posix(dup2(fresh.raw, STDERR_FILENO), "dup2")
    }
}
