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

    /// Where programs of a language may be, absolute ones only: the search path, more folders, and the version managers'.
    ///
    /// Shims are passed over: they choose by the folder one stands in.
    ///
    /// - Parameter collections: folders with a folder for each version, and where in that the programs are.
    static func folders(
        searchPath: String, more: [String], collections: [(folder: String, below: String)]
    ) -> [String] {
        var folders = searchPath.split(separator: ":").map(String.init).filter { !$0.hasSuffix("/shims") } + more
        for (folder, below) in collections { folders += names(in: folder).map { "\(folder)/\($0)/\(below)" } }
        return folders.filter { $0.hasPrefix("/") }
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
