internal import Model
internal import Posix

/// Pipenv, Poetry or uv, fetched from the package index into the app's cache, for apps with a lock file.
struct PythonLockTool {
    let kind: PythonPackageManager.Kind
    let environment: VirtualEnvironment

    private var title: String {
        switch kind {
        case .pipenv: "Pipenv"
        case .poetry: "Poetry"
        case .uv, .pip, .none: kind.rawValue
        }
    }

    func run(_ session: BuildSession) async throws {
        let installer = PythonInstaller(
            manager: PythonPackageManager(kind: kind, requirements: nil), environment: environment)
        let variables = installer.variables(session)
        let tool = try await obtain(session, variables)
        await session.output.step("Installing dependencies using '\(installer.line)'")
        var own = variables
        own["PIPENV_VERBOSITY"] = "-1"
        own["PIPENV_CACHE_DIR"] = "\(session.runner.cachePath)/python/pipenv"
        own["PIPENV_NOSPIN"] = "1"
        own["POETRY_CACHE_DIR"] = "\(session.runner.cachePath)/python/poetry"
        own["POETRY_VIRTUALENVS_CREATE"] = "false"
        own["POETRY_NO_INTERACTION"] = "1"
        own["UV_PROJECT_ENVIRONMENT"] = variables["VIRTUAL_ENV"]
        own["UV_NO_PROGRESS"] = "1"
        own["UV_PYTHON"] = "\(variables["VIRTUAL_ENV"] ?? "")/bin/python"
        let arguments = installer.line.drop { $0 != " " }
        let result = try await session.run(
            "mkdir -p \"$TMPDIR\" && \(shellQuoted(tool.path))\(arguments)", own, readable: tool.readable)
        guard result.ending == .code(0) else {
            if let hint = MissingHeader.hint(in: result.lines.lines) { await session.output.failure(hint) }
            throw await session.fail(
                """
                Error: Unable to install dependencies using \(title).

                See the log output above for more information.
                """)
        }
    }

    /// The tool's path in the sandbox's eyes: the owner's own uv, or one in the cache.
    private func obtain(
        _ session: BuildSession, _ variables: [String: String]
    ) async throws -> (path: String, readable: [String]) {
        if kind == .uv, let uv = Subprocess.find("uv", path: session.request.searchPath).flatMap(WorkTree.resolved) {
            await session.output.step("Using uv from \(WorkTree.parent(of: uv))")
            return (uv, Machine.isInDynos(uv) ? [] : [WorkTree.parent(of: uv)])
        }
        let folder = "python/tools/\(kind.rawValue)-\(environment.installation.version)"
        let seen = "\(session.runner.cachePath)/\(folder)"
        let tool = "\(seen)/bin/\(kind.rawValue)"
        if session.cache.isFile("\(folder)/complete") {
            await session.output.step("Using cached \(title)")
            return (tool, [])
        }
        guard let pip = environment.installation.pipCommand(python: "\(seen)/bin/python") else {
            throw await session.fail(
                """
                Error: \(title) isn't on this machine, and there is no pip to fetch it with.

                Install it, or on Debian and Ubuntu:
                sudo apt-get install python3-pip python3-venv
                """)
        }
        await session.output.step("Installing \(title)")
        try environment.write(to: session.cache, at: folder)
        let result = try await session.run(
            "mkdir -p \"$TMPDIR\" && \(pip) install --quiet --no-input --progress-bar off \(kind.rawValue)", variables)
        guard result.ending == .code(0) else {
            throw await session.fail(
                """
                Error: Unable to install \(title).

                It is fetched from the package index; is there a network?
                Without one, commit a requirements.txt instead of \(kind.file).
                """)
        }
        try session.cache.write("", to: "\(folder)/complete")
        return (tool, [])
    }
}
