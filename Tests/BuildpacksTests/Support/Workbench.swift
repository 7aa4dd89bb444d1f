import Glibc
import Model
import Posix
import Slugs
import Synchronization

@testable import Buildpacks

/// A scratch folder with a tree to build, a cache and a layer store, and a builder that really runs commands.
final class Workbench: Sendable {
    let folder: String
    let shape: Shape
    private let printed = Mutex<[String]>([])
    private let commands = Mutex<[String]>([])

    /// Where the commands see the tree.
    enum Shape: Sendable {
        /// At its own path, as where there is no sandbox.
        case plain
        /// At `/app`, in a root that has only the machine's system folders.
        case sandboxed
        /// The same, as the ordinary user of that number, who owns tree and cache.
        case sandboxedAs(Int)
    }

    init(_ files: [String: String] = [:], shape: Shape = .plain) throws {
        var template = Array("/tmp/paas-packs-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw PosixError.last("mkdtemp") }
        let raw = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        folder = WorkTree.resolved(raw) ?? raw
        self.shape = shape
        for name in ["tree", "cache", "home", "bin"] { try FileTree.makeFolder("\(folder)/\(name)") }
        try handOver()
        try put(files)
    }

    /// Gives tree and cache to the user of the builds, as the conductor does.
    private func handOver() throws {
        guard case .sandboxedAs(let user) = shape else { return }
        for path in [tree, cache] where chown(path, uid_t(user), gid_t(user)) != 0 {
            throw PosixError.last("chown \(path)")
        }
    }

    deinit { try? FileTree.remove(folder) }

    var tree: String { "\(folder)/tree" }
    var cache: String { "\(folder)/cache" }
    var store: LayerStore { LayerStore(folder: "\(folder)/layers") }
    /// Everything printed so far, line by line.
    var lines: [String] { printed.withLock { $0 } }
    var text: String { lines.joined(separator: "\n") }
    /// Every command that was run.
    var steps: [String] { commands.withLock { $0 } }

    func put(_ files: [String: String]) throws {
        for (name, text) in files { try put(Array(text.utf8), at: name) }
    }

    func put(_ bytes: [UInt8], at name: String, mode: UInt32 = 0o644) throws {
        try WorkTree(root: tree).write(bytes, to: name, mode: mode)
    }

    /// A new commit: the tree starts afresh, as an export does; cache and layers stay.
    func checkOut(_ files: [String: String]) throws {
        try FileTree.remove(tree)
        try FileTree.makeFolder(tree)
        try handOver()
        try put(files)
        printed.withLock { $0 = [] }
        commands.withLock { $0 = [] }
    }

    func request(
        buildpacks: [String] = [], config: [String: String] = [:], searchPath: String? = nil, home: String? = nil,
        isStrict: Bool = false, commit: String = "0123456789abcdef0123456789abcdef01234567"
    ) -> BuildRequest {
        var passthrough: [String: String] = [:]
        for name in Self.networkVariables { passthrough[name] = Self.environment(name) }
        return BuildRequest(
            tree: tree, cache: cache, buildpacks: buildpacks, config: ConfigVars(config), commit: commit,
            searchPath: searchPath ?? Self.environment("PATH") ?? "/usr/bin:/bin",
            home: home ?? Self.environment("HOME") ?? "/", passthrough: passthrough, isStrict: isStrict)
    }

    @discardableResult
    func build(_ request: BuildRequest? = nil) async throws -> BuildProduct {
        let store = store
        let shelf = LayerShelf(
            find: { store.path(of: $0) }, keep: { try store.keep($0, movingFrom: $1) })
        let output = BuildOutput { [self] line in
            printed.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
        }
        return try await Builder(runner: runner, shelf: shelf).build(request ?? self.request(), output: output)
    }

    /// Lays the product's layers and the tree over each other, as a dyno without overlay has them.
    func assemble(_ product: BuildProduct) async throws -> String {
        let app = "\(folder)/app"
        try FileTree.remove(app)
        try FileTree.makeFolder(app)
        let sources = product.layers.reversed().compactMap { store.path(of: $0) } + [tree]
        for source in sources {
            let copied = try await Workbench.capture(
                "/bin/cp", arguments: ["-a", "\(source)/.", app], environment: ["PATH": "/usr/bin:/bin"])
            if !copied.end.isSuccess { throw PosixError(EIO, String(decoding: copied.errors, as: UTF8.self)) }
        }
        return app
    }

    /// Runs a line in the assembled app the way a dyno does, after its start-up scripts.
    func runInDyno(_ product: BuildProduct, _ command: String, _ environment: [String: String] = [:]) async throws -> (
        end: Subprocess.End, output: String, errors: String
    ) {
        let app = try await assemble(product)
        let line = "for f in \"$HOME\"/.profile.d/*.sh; do [ -f \"$f\" ] && . \"$f\"; done; \(command)"
        let variables = ["PATH": BuildSession.systemPath].merging(environment) { $1 }
        let result: (end: Subprocess.End, output: [UInt8], errors: [UInt8])
        switch shape {
        case .plain:
            result = try await Workbench.capture(
                "/bin/bash", arguments: ["-c", line], environment: variables.merging(["HOME": app]) { $1 }, folder: app)
        case .sandboxed, .sandboxedAs:
            let step = BuildStep(command: line, environment: variables.merging(["HOME": "/app"]) { $1 })
            result = try await Workbench.capture(
                "/bin/bash", arguments: ["-c", sandbox(step, tree: app)], environment: step.environment, folder: app)
        }
        return (
            result.end, String(decoding: result.output, as: UTF8.self), String(decoding: result.errors, as: UTF8.self)
        )
    }

    private var runner: BuildRunner {
        let (appPath, cachePath) =
            switch shape {
            case .plain: (tree, cache)
            case .sandboxed, .sandboxedAs: ("/app", "/cache")
            }
        return BuildRunner(appPath: appPath, cachePath: cachePath) { [self] step, output in
            commands.withLock { $0.append(step.command) }
            let line: String
            switch shape {
            case .plain:
                for overlay in step.overlays {
                    let place = "\(tree)/\(overlay.below)"
                    try FileTree.makeFolder(WorkTree(root: tree).path(WorkTree.parent(of: overlay.below)))
                    try FileTree.remove(place)
                    guard symlink(overlay.source, place) == 0 else { throw PosixError.last("symlink \(place)") }
                }
                line = step.command
            case .sandboxed, .sandboxedAs: line = sandbox(step, tree: tree)
            }
            return try await CommandRun(line, step.environment, folder: tree).finish(output)
        }
    }

    /// A bash line that builds a small root of its own in new namespaces and runs the step in it.
    private func sandbox(_ step: BuildStep, tree: String) -> String {
        let root = "\(folder)/root"
        var setUp = [
            "mkdir -p \(root)", "mount -t tmpfs none \(root)", "cd \(root)", "mkdir usr etc opt app cache tmp proc dev",
        ]
        for name in ["usr", "etc", "opt", "dev", "proc"] { setUp.append("mount --rbind /\(name) \(name)") }
        for name in ["bin", "lib", "lib64", "sbin"] { setUp.append("ln -s usr/\(name) \(name)") }
        setUp += ["mount --bind \(tree) app", "mount --bind \(cache) cache", "mount -t tmpfs -o mode=1777 none tmp"]
        for overlay in step.overlays {
            setUp += ["mkdir -p app/\(overlay.below)", "mount --bind \(overlay.source) app/\(overlay.below)"]
        }
        // A dyno sees the language versions in homes; see ToolchainFolders.
        let home = Self.environment("HOME") ?? "/root"
        let toolchains = ToolchainFolders.belowHome.map { "\(home)/\($0)" }.filter(FileTree.isFolder)
        for path in toolchains + step.readable {
            setUp += ["mkdir -p .\(path)", "mount --bind \(shellQuoted(path)) .\(shellQuoted(path))"]
        }
        let inner = "cd /app && \(step.command)"
        switch shape {
        case .plain, .sandboxed: setUp.append("exec chroot . /bin/bash -c \(shellQuoted(inner))")
        case .sandboxedAs(let user):
            setUp += ["chown \(user):\(user) app cache"]
            setUp.append(
                "exec chroot . /usr/bin/setpriv --reuid \(user) --regid \(user) --clear-groups /bin/bash -c \(shellQuoted(inner))"
            )
        }
        return
            "export PATH=/usr/sbin:/sbin:$PATH; exec unshare -m /bin/bash -ec \(shellQuoted(setUp.joined(separator: "\n")))"
    }

    private static let pool = BlockingPool(limit: 16)

    /// Runs a helper program to its end, and lets other tests go on meanwhile.
    static func capture(
        _ program: String, arguments: [String], environment: [String: String], folder: String? = nil
    ) async throws -> (end: Subprocess.End, output: [UInt8], errors: [UInt8]) {
        try await pool.run {
            try Subprocess.capture(program, arguments: arguments, environment: environment, folder: folder)
        }
    }

    static let networkVariables = [
        "PIP_CERT", "PIP_INDEX_URL", "PIP_FIND_LINKS", "SSL_CERT_FILE", "HTTPS_PROXY", "HTTP_PROXY", "https_proxy",
        "http_proxy", "NODE_EXTRA_CA_CERTS", "npm_config_cafile", "REQUESTS_CA_BUNDLE",
    ]

    static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
