internal import Model
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// A Node.js installation on this machine.
struct NodeRuntime: Installation {
    var executable: String
    var version: NodeVersion
}

/// The Node.js installations, their versions asked once and remembered in the app's cache.
enum NodeRuntimes {
    /// Newest first.
    static func all(_ session: BuildSession) async throws -> [NodeRuntime] {
        let paths = executables(searchPath: session.request.searchPath, home: session.request.home)
        var book = VersionBook("node/runtimes", session.cache)
        try await book.ask(
            paths, session,
            readable: paths.filter { !Machine.isInDynos($0) }.map { WorkTree.parent(of: WorkTree.parent(of: $0)) },
            question: { "\($0) --version" }, reading: { $0 })
        return paths.compactMap { path in
            book[path].flatMap { NodeVersion($0) }
                .map { NodeRuntime(executable: path, version: $0) }
        }.sorted { left, right in
            if left.version != right.version { return left.version > right.version }
            return left.isVisibleInDynos && !right.isVisibleInDynos
        }
    }

    private static func executables(searchPath: String, home: String) -> [String] {
        let collections: [(String, String)] = [
            ("\(home)/.nvm/versions/node", "bin"), ("\(home)/.volta/tools/image/node", "bin"),
            ("\(home)/.asdf/installs/nodejs", "bin"), ("\(home)/.local/share/mise/installs/node", "bin"),
            ("\(home)/.nodenv/versions", "bin"), ("\(home)/.local/share/fnm/node-versions", "installation/bin"),
            ("/opt", "bin"), ("\(home)/.local", "bin"),
        ]
        let folders = Machine.folders(
            searchPath: searchPath,
            more: ["/usr/local/bin", "/usr/bin", "\(home)/.local/bin", "\(home)/.volta/bin"], collections: collections)
        var found: [String] = []
        for folder in folders {
            // Volta's own `node` is a shim that has another name when resolved.
            guard let real = WorkTree.resolved("\(folder)/node"),
                ["node", "nodejs"].contains(real.split(separator: "/").last),
                access(real, X_OK) == 0, !found.contains(real)
            else { continue }
            found.append(real)
        }
        return found
    }
}
