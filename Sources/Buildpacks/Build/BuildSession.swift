internal import Model
internal import Posix

/// One build while it goes on: what the packs share.
struct BuildSession: Sendable {
    let request: BuildRequest
    let runner: BuildRunner
    let shelf: LayerShelf
    let output: BuildOutput
    let tree: WorkTree
    let cache: WorkTree
    /// Layers laid into the tree for the steps to come.
    var overlays: [(source: String, below: String)] = []
    /// Names on the shelf, uppermost first.
    var layers: [String] = []
    /// Host folders the steps may read.
    var readable: [String] = []
    /// Variables that earlier packs left for later ones.
    var exported: [String: String] = [:]

    init(request: BuildRequest, runner: BuildRunner, shelf: LayerShelf, output: BuildOutput) {
        self.request = request
        self.runner = runner
        self.shelf = shelf
        self.output = BuildOutput(output, hiding: Secrets(request.config))
        tree = WorkTree(root: request.tree)
        cache = WorkTree(root: request.cache)
    }

    /// A config var, as the app's owner set it.
    func config(_ key: String) -> String? { request.config[key] }

    /// What every command gets; the owner's network settings, but no config vars.
    var baseEnvironment: [String: String] {
        var environment = request.passthrough
        environment["HOME"] = runner.appPath
        environment["PATH"] = path
        environment["STACK"] = "heroku-24"
        environment["SOURCE_VERSION"] = request.commit
        environment["REQUEST_ID"] = environment["REQUEST_ID"] ?? request.commit
        environment["BUILD_DIR"] = runner.appPath
        environment["CACHE_DIR"] = runner.cachePath
        environment.merge(exported) { $1 }
        return environment
    }

    /// ``baseEnvironment`` and the config vars, less those that would break a build. Source: buildpack-api.md §1.2.
    func environment(_ additions: [String: String] = [:], without blocked: Set<String> = []) -> [String: String] {
        var environment = baseEnvironment
        for (key, value) in request.config.revealed where !Self.blocked.contains(key) && !blocked.contains(key) {
            environment[key] = value
        }
        environment.merge(additions) { $1 }
        return environment
    }

    /// Where commands are looked for, earlier packs' folders first.
    var path: String { exported["PATH"] ?? Self.systemPath }

    static let systemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    static let blocked: Set = [
        "PATH", "GIT_DIR", "CPATH", "CPPATH", "LD_PRELOAD", "LIBRARY_PATH", "LANG", "BUILD_DIR", "CACHE_DIR",
        "ENV_DIR", "HOME", "STACK", "SOURCE_VERSION",
    ]

    /// Runs a command whose output, indented, the person reads; returns how it ended and the output's lines.
    ///
    /// - Parameter isIndented: false for programs that print in Heroku's form by themselves.
    func run(
        _ command: String, _ environment: [String: String], isIndented: Bool = true, readable more: [String] = []
    ) async throws -> (ending: Ending, lines: Transcript) {
        let transcript = Transcript()
        let output = output
        let ending = try await runner.run(step(command, environment, more)) { line in
            transcript.add(line)
            if isIndented { await output.body(line) } else { await output.raw(line) }
        }
        try Task.checkCancellation()
        return (ending, transcript)
    }

    /// Runs a command whose output is for the pack.
    func capture(
        _ command: String, _ environment: [String: String], readable more: [String] = []
    ) async throws -> (ending: Ending, lines: Transcript) {
        let transcript = Transcript()
        let ending = try await runner.run(step(command, environment, more)) { transcript.add($0) }
        try Task.checkCancellation()
        return (ending, transcript)
    }

    private func step(_ command: String, _ environment: [String: String], _ more: [String]) -> BuildStep {
        BuildStep(command: command, environment: environment, overlays: overlays, readable: readable + more)
    }

    /// Prints a red block and gives up.
    func fail(_ text: String) async -> PackFailure {
        await output.error(text)
        return PackFailure()
    }

    /// Moves `below` out of the tree into a layer, and lays it there for the steps to come.
    mutating func shelve(_ below: [String], as name: String, layIn: Bool = true) throws {
        let staging = "staging/\(name)"
        try cache.remove(staging)
        for path in below where FileTree.exists(tree.path(path)) {
            let parent = WorkTree.parent(of: path)
            try cache.makeFolder(parent.isEmpty ? staging : "\(staging)/\(parent)")
            try tree.move(path, to: cache.path("\(staging)/\(path)"))
        }
        let folder = try shelf.keep(name, cache.path(staging))
        lay(name, folder, layIn ? below : [])
    }

    /// Uses a layer that stands on the shelf already.
    ///
    /// - Returns: false when it is not there.
    mutating func reuse(_ name: String, _ below: [String]) throws -> Bool {
        guard let folder = shelf.find(name) else { return false }
        for path in below { try tree.remove(path) }
        lay(name, folder, below)
        return true
    }

    private mutating func lay(_ name: String, _ folder: String, _ below: [String]) {
        layers.insert(name, at: 0)
        for path in below where FileTree.exists("\(folder)/\(path)") {
            overlays.append((source: "\(folder)/\(path)", below: path))
        }
    }

    /// Puts a writable copy of a laid folder into the tree, in place of the layer, for steps that may change it.
    mutating func thaw(_ below: String) async throws {
        guard let index = overlays.firstIndex(where: { $0.below == below }) else { return }
        let source = overlays[index].source
        overlays.remove(at: index)
        if let name = layers.first(where: { shelf.find($0).map { source == "\($0)/\(below)" } ?? false }) {
            layers.removeAll { $0 == name }
        }
        try tree.remove(below)
        let parent = WorkTree.parent(of: below)
        try tree.makeFolder(parent)
        let copied = try await run(
            "cp -a --reflink=auto \(shellQuoted(source)) \(shellQuoted(below))", ["PATH": Self.systemPath],
            readable: [source])
        guard copied.ending == .code(0) else { throw await fail("Error: Unable to copy \(below).") }
    }

    /// The host path of something in the app: in its tree, or in a layer laid into it.
    func hostPath(_ relative: String) -> String? {
        for overlay in overlays where relative == overlay.below || relative.hasPrefix(overlay.below + "/") {
            let path = overlay.source + relative.dropFirst(overlay.below.count)
            return FileTree.exists(path) ? path : nil
        }
        return tree.realPath(relative)
    }
}
