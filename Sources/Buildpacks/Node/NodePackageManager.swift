internal import Model
internal import Posix

/// The tool that an app's lock file calls for.
struct NodePackageManager: Sendable {
    enum Kind: String, Sendable, CaseIterable {
        case npm, yarn, pnpm

        var lockFile: String {
            switch self {
            case .npm: "package-lock.json"
            case .yarn: "yarn.lock"
            case .pnpm: "pnpm-lock.yaml"
            }
        }

        /// What it is called on the PATH; Debian calls yarn by its second name.
        var programs: [String] { self == .yarn ? ["yarn", "yarnpkg"] : [rawValue] }
    }

    let kind: Kind
    /// Its lock file; `nil` when the app has none.
    let lockFile: String?
    /// A shell word or words that start it.
    var command: String
    var readable: [String] = []
    var variables: [String: String] = [:]

    /// - Throws: ``PackFailure`` when there are several lock files.
    static func find(_ manifest: PackageManifest, _ session: BuildSession) async throws -> NodePackageManager {
        var locks: [(kind: Kind, file: String)] = Kind.allCases.map { ($0, $0.lockFile) }.filter {
            session.tree.isFile($0.1)
        }
        if locks.isEmpty, session.tree.isFile("npm-shrinkwrap.json") { locks = [(.npm, "npm-shrinkwrap.json")] }
        guard locks.count < 2 else {
            throw await session.fail(
                """
                Build failed: Two different lockfiles found: \(locks.map(\.file).joined(separator: " and "))

                The app has more than one lock file, so it isn't clear which
                package manager it needs. Remove those that aren't used:
                \(locks.map { "git rm \($0.file)" }.joined(separator: "   # or\n"))
                """)
        }
        let named = Kind.allCases.first { manifest.packageManager?.hasPrefix($0.rawValue + "@") == true }
        let kind = locks.first?.kind ?? named ?? .npm
        return NodePackageManager(kind: kind, lockFile: locks.first?.file, command: kind.rawValue)
    }

    /// Finds yarn or pnpm: on the owner's PATH, else through corepack, which may fetch it.
    func obtained(_ manifest: PackageManifest, _ session: BuildSession) async throws -> NodePackageManager {
        guard kind != .npm else { return self }
        var tool = self
        let found = kind.programs.lazy.compactMap { Subprocess.find($0, path: session.request.searchPath) }.first
        if let path = found.flatMap(WorkTree.resolved) {
            tool.command = shellQuoted(path)
            // Debian's yarn has its modules where only Debian's own Node.js looks, and the app may run on another.
            if path.hasPrefix(Self.debianModules + "/") {
                tool.command = "env NODE_PATH=\(Self.debianModules) \(tool.command)"
            }
            if !Machine.isInDynos(path) { tool.readable = [Self.packageFolder(of: path)] }
            return tool
        }
        tool.command = "corepack \(kind.rawValue)"
        tool.variables = [
            "COREPACK_ENABLE_DOWNLOAD_PROMPT": "0", "COREPACK_HOME": "\(session.runner.cachePath)/node/corepack",
        ]
        let own = "\(session.request.home)/.cache/node/corepack"
        if FileTree.isFolder("\(own)/v1/\(kind.rawValue)") || FileTree.isFolder("\(own)/\(kind.rawValue)") {
            tool.variables["COREPACK_HOME"] = own
            tool.variables["COREPACK_ENABLE_NETWORK"] = "0"
            tool.readable = [own]
        }
        let asked = try await session.capture(
            "timeout 20 \(tool.command) --version", session.environment(tool.variables), readable: tool.readable)
        guard asked.ending == .code(0) else {
            throw await session.fail(
                """
                Error: \(kind.rawValue) isn't on this machine.

                \(lockFile ?? "package.json") calls for \(kind.rawValue), which is neither on the PATH nor
                to be had through corepack. Install it, then push again:
                  npm install -g \(kind.rawValue)
                """)
        }
        return tool
    }

    private static let debianModules = "/usr/share/nodejs"

    /// The folder of the npm package that a program belongs to.
    private static func packageFolder(of path: String) -> String {
        let parts = path.split(separator: "/")
        guard let modules = parts.lastIndex(of: "node_modules"), modules + 1 < parts.count else {
            return WorkTree.parent(of: path)
        }
        return "/" + parts[...(modules + 1)].joined(separator: "/")
    }
}
