internal import Model
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// A Node.js installation on this machine.
struct NodeRuntime: Hashable, Sendable {
    /// Host path of the real executable.
    var executable: String
    var version: NodeVersion

    /// The installation's folder: `/usr`, `~/.nvm/versions/node/v20.11.1`.
    var prefix: String { WorkTree.parent(of: WorkTree.parent(of: executable)) }
    var isVisibleInDynos: Bool { Machine.isInDynos(executable) }
}

/// The Node.js installations, their versions asked once and remembered in the app's cache.
enum NodeRuntimes {
    /// Newest first.
    static func all(_ session: BuildSession) async throws -> [NodeRuntime] {
        let paths = executables(searchPath: session.request.searchPath, home: session.request.home)
        var book = VersionBook("node/runtimes", session.cache)
        let unknown = paths.filter { book[$0] == nil }
        if !unknown.isEmpty {
            let command = unknown.map { path in
                "printf '%s\\t' \(shellQuoted(path)); \(shellQuoted(path)) --version 2>/dev/null || echo -"
            }.joined(separator: "\n")
            let folders = unknown.filter { !Machine.isInDynos($0) }.map {
                WorkTree.parent(of: WorkTree.parent(of: $0))
            }
            let answer = try await session.capture(
                command, ["PATH": BuildSession.systemPath], readable: Array(Set(folders)).sorted())
            for line in answer.lines.lines {
                let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
                if fields.count == 2 { book[fields[0]] = fields[1] }
            }
            try book.save(session.cache)
        }
        return paths.compactMap { path in
            book[path].flatMap { NodeVersion($0) }
                .map { NodeRuntime(executable: path, version: $0) }
        }.sorted { left, right in
            if left.version != right.version { return left.version > right.version }
            return left.isVisibleInDynos && !right.isVisibleInDynos
        }
    }

    private static func executables(searchPath: String, home: String) -> [String] {
        var folders = searchPath.split(separator: ":").map(String.init).filter { !$0.hasSuffix("/shims") }
        folders += ["/usr/local/bin", "/usr/bin", "\(home)/.local/bin", "\(home)/.volta/bin"]
        let collections: [(String, String)] = [
            ("\(home)/.nvm/versions/node", "bin"), ("\(home)/.volta/tools/image/node", "bin"),
            ("\(home)/.asdf/installs/nodejs", "bin"), ("\(home)/.local/share/mise/installs/node", "bin"),
            ("\(home)/.nodenv/versions", "bin"), ("\(home)/.local/share/fnm/node-versions", "installation/bin"),
            ("/opt", "bin"), ("\(home)/.local", "bin"),
        ]
        for (collection, below) in collections {
            for name in Machine.names(in: collection) { folders.append("\(collection)/\(name)/\(below)") }
        }
        var found: [String] = []
        for folder in folders where folder.hasPrefix("/") {
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
