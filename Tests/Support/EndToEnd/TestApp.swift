/// An app of a test platform: a git repository with the remote `paas`.
package struct TestApp: Sendable {
    package let platform: TestPlatform
    package let name: String
    /// Its working tree.
    package let folder: String

    package var host: String { "\(name).localhost" }

    /// Makes the repository with a first commit, and the app.
    package init(_ name: String, on platform: TestPlatform, files: [String: String]) async throws {
        self.platform = platform
        self.name = name
        folder = "\(platform.root)/\(name)"
        try await platform.shell("mkdir \"$1\" && cd \"$1\" && git init -q", folder).orThrow()
        try await commit(files, "First")
        try await paas("create", name).orThrow()
    }

    /// Commits these files; a path with an empty text is kept as an empty file.
    package func commit(_ files: [String: String], _ message: String = "Change") async throws {
        for (path, text) in files.sorted(by: { $0.key < $1.key }) {
            let line = "mkdir -p \"$(dirname \"$1\")\" && printf %s \"$2\" > \"$1\""
            try await platform.shell(line, path, text, in: folder).orThrow()
        }
        try await git("add", "-A").orThrow()
        try await git("commit", "-q", "--allow-empty", "-m", message).orThrow()
    }

    package func git(_ words: String...) async throws -> Outcome { try await platform.run(["git"] + words, in: folder) }

    /// `git push paas REF...`; `main` when none is given.
    package func push(_ references: String...) async throws -> Outcome {
        try await platform.run(["git", "push", "paas"] + (references.isEmpty ? ["main"] : references), in: folder)
    }

    /// Runs `paas` in the repository, so that it finds the app by the remote.
    package func paas(_ words: String...) async throws -> Outcome {
        try await platform.run(["paas"] + words, in: folder)
    }

    package func get(_ path: String = "/") async throws -> Answer { try await platform.get(host, path) }

    /// Waits until the app's log has said `mark`; lines of the router come a moment after the answer.
    /// - Returns: the log up to there.
    @discardableResult
    package func logsSay(_ mark: String) async throws -> String {
        var command = platform.command(["paas", "logs", "--tail", "-n", "1000"], in: folder)
        command.limit = .seconds(20)
        let tail = try command.start()
        defer { tail.signal(2) }
        return try await tail.says(mark)
    }

    /// The version that `paas releases` calls current, without its `v`.
    package func currentRelease() async throws -> Int? {
        let outcome = try await paas("releases")
        return outcome.output.firstMatch(of: /Current: v(\d+)/).flatMap { Int($0.1) }
    }
}
