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
    var isVisibleInDynos: Bool { SystemFolders.contain(executable) }
}

/// The Node.js installations, their versions asked once and remembered in the app's cache.
enum NodeRuntimes {
    private static let file = "node/runtimes"

    /// Newest first.
    static func all(_ session: BuildSession) async throws -> [NodeRuntime] {
        let paths = executables(searchPath: session.request.searchPath, home: session.request.home)
        var known: [String: String] = [:]
        for line in (session.cache.readText(file) ?? "").split(separator: "\n") {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
            if fields.count == 2 { known[String(fields[0])] = String(fields[1]) }
        }
        let unknown = paths.filter { known["\($0)@\(fingerprint($0))"] == nil }
        if !unknown.isEmpty {
            let command = unknown.map { path in
                "printf '%s\\t' \(shellQuoted(path)); \(shellQuoted(path)) --version 2>/dev/null || echo -"
            }.joined(separator: "\n")
            let folders = unknown.filter { !SystemFolders.contain($0) }.map {
                WorkTree.parent(of: WorkTree.parent(of: $0))
            }
            let answer = try await session.capture(
                command, ["PATH": BuildSession.systemPath], readable: Array(Set(folders)).sorted())
            for line in answer.lines.lines {
                let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
                if fields.count == 2 { known["\(fields[0])@\(fingerprint(fields[0]))"] = fields[1] }
            }
            let text = known.sorted { $0.key < $1.key }.map { "\($0.key)\t\($0.value)\n" }.joined()
            try session.cache.write(text, to: file)
        }
        return paths.compactMap { path in
            known["\(path)@\(fingerprint(path))"].flatMap { NodeVersion($0) }
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
            for name in (try? FileTree.names(in: collection)) ?? [] { folders.append("\(collection)/\(name)/\(below)") }
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
