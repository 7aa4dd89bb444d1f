internal import Model
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#endif

/// Language versions that people keep in their homes: the only thing of a home that a dyno may read.
enum Toolchains {
    /// The folders that exist, in the homes of this machine that can be looked into.
    static func find() -> [String] {
        homes().flatMap { home in ToolchainFolders.belowHome.map { "\(home)/\($0)" } }.filter { FileTree.isFolder($0) }
    }

    static var ownHome: String? { getenv("HOME").map { String(cString: $0) } }

    private static func homes() -> Set<String> {
        var homes: Set<String> = ["/root"]
        for name in (try? FileTree.names(in: "/home")) ?? [] { homes.insert("/home/\(name)") }
        if let ownHome, ownHome.hasPrefix("/"), ownHome != "/" { homes.insert(ownHome) }
        return homes
    }
}
