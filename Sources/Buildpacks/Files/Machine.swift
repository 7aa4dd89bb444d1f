internal import Model
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// What is installed on this machine, seen without running any of it.
enum Machine {
    /// Whether a dyno sees `path` where it is: its root has the machine's `/usr` and `/opt`, and the language versions
    /// that people keep in their homes.
    static func isInDynos(_ path: String) -> Bool {
        path.hasPrefix("/usr/") || path.hasPrefix("/opt/") || ToolchainFolders.contain(path)
    }

    /// The names in a folder of the owner's; none where it is absent or closed to us, which is no error in a search.
    static func names(in folder: String) -> [String] { (try? FileTree.names(in: folder)) ?? [] }

    /// Changes whenever another file is put in a file's place; empty when there is none.
    static func fingerprint(_ path: String) -> String {
        var info = stat()
        guard stat(path, &info) == 0 else { return "" }
        #if canImport(Glibc)
            return "\(info.st_mtim.tv_sec).\(info.st_mtim.tv_nsec).\(info.st_size)"
        #else
            return "\(info.st_mtimespec.tv_sec).\(info.st_mtimespec.tv_nsec).\(info.st_size)"
        #endif
    }
}

/// The versions of installed programs, asked once and remembered in the app's cache until the program's file changes.
///
/// The app can write to its cache, so nothing here is trusted further than for what a version is good for.
struct VersionBook {
    private let file: String
    private var known: [String: String] = [:]

    init(_ file: String, _ cache: WorkTree) {
        self.file = file
        for line in (cache.readText(file) ?? "").split(separator: "\n") {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
            if fields.count == 2 { known[String(fields[0])] = String(fields[1]) }
        }
    }

    /// The version of the program at `path`; `-` for one that does not work, `nil` when nobody has asked yet.
    subscript(path: String) -> String? {
        get { known[Self.key(path)] }
        set { known[Self.key(path)] = newValue }
    }

    func save(_ cache: WorkTree) throws {
        try cache.write(known.sorted { $0.key < $1.key }.map { "\($0.key)\t\($0.value)\n" }.joined(), to: file)
    }

    private static func key(_ path: String) -> String { "\(path)@\(Machine.fingerprint(path))" }
}
