internal import Model
internal import Posix

/// Runs the package manager.
struct PythonInstaller {
    let manager: PythonPackageManager
    let environment: VirtualEnvironment

    private var installation: PythonInstallation { environment.installation }

    /// Config vars that change what an installer brings.
    static func steers(_ key: String) -> Bool {
        key.hasPrefix("PIP_") || key.hasPrefix("UV_") || key.hasPrefix("POETRY_")
    }

    /// As Heroku prints it.
    var line: String {
        switch manager.kind {
        case .pip, .none: "pip install -r requirements.txt"
        case .pipenv: "pipenv install --deploy"
        case .poetry: "poetry sync --only main"
        case .uv: "uv sync --locked --no-default-groups"
        }
    }

    func run(_ session: BuildSession) async throws {
        switch manager.kind {
        case .none: break
        case .pip: try await runPip(session)
        case .pipenv, .poetry, .uv: try await PythonLockTool(kind: manager.kind, environment: environment).run(session)
        }
    }

    private func runPip(_ session: BuildSession) async throws {
        let output = session.output
        let python = "\(session.runner.appPath)/\(VirtualEnvironment.folder)/bin/python"
        let variables = variables(session)
        let command: String
        var readable: [String] = []
        if let uv = Subprocess.find("uv", path: session.request.searchPath).flatMap(WorkTree.resolved) {
            await output.step("Using uv, which is faster than pip")
            command =
                "\(shellQuoted(uv)) pip install --no-progress --no-config --python \(shellQuoted(python))"
                + " -r requirements.txt"
            if !Machine.isInDynos(uv) { readable.append(WorkTree.parent(of: uv)) }
        } else if let pip = installation.pipCommand(python: python) {
            if let version = installation.pipVersion { await output.step("Installing pip \(version)") }
            command = "\(pip) install --no-input --progress-bar off --no-warn-script-location -r requirements.txt"
        } else {
            throw await session.fail(
                """
                Error: There is no pip for Python \(installation.version).

                \(installation.executable) came without pip. On Debian and Ubuntu:
                sudo apt-get install python3-pip python3-venv
                """)
        }
        await output.step("Installing dependencies using '\(line)'")
        let result = try await session.run("mkdir -p \"$TMPDIR\" && \(command)", variables, readable: readable)
        guard result.ending == .code(0) else {
            if let hint = MissingHeader.hint(in: result.lines.lines, python: installation.version.series) {
                await output.failure(hint)
            } else if Self.networkErrors.contains(where: result.lines.contains) {
                await output.failure(
                    "The package index can't be reached. Is there a network, a proxy, a mirror (PIP_INDEX_URL)?")
            }
            throw await session.fail(
                """
                Error: Unable to install dependencies using pip.

                See the log output above for more information.
                """)
        }
        try await addSetuptools(session, python: python, variables)
        try session.cache.remove("tmp")
    }

    private static let networkErrors = [
        "NewConnectionError", "Failed to establish a new connection", "Temporary failure in name resolution",
        "ConnectTimeoutError", "ReadTimeoutError", "dns error", "error sending request", "Connection refused",
        "CERTIFICATE_VERIFY_FAILED", "Cannot connect to proxy",
    ]

    /// Packages of older times import it at run time without asking for it, and Heroku has it up to Python 3.12.
    private func addSetuptools(_ session: BuildSession, python: String, _ variables: [String: String]) async throws {
        guard installation.version.series <= PythonSeries(major: 3, minor: 12),
            let wheel = installation.bundledWheels["setuptools"],
            !session.tree.isFolder("\(environment.sitePackages)/setuptools")
        else { return }
        let target = "\(session.runner.appPath)/\(environment.sitePackages)"
        let unpacked = try await session.capture(
            "\(shellQuoted(python)) -m zipfile -e \(shellQuoted(wheel)) \(shellQuoted(target))", variables)
        guard unpacked.ending == .code(0) else {
            throw await session.fail(
                "Error: Unable to add setuptools.\n\n\(unpacked.lines.lines.joined(separator: "\n"))")
        }
    }

    /// The installers' own settings and caches. A config var that bends Python itself must not bend the installer.
    func variables(_ session: BuildSession) -> [String: String] {
        let cache = session.runner.cachePath
        let bin = "\(session.runner.appPath)/\(VirtualEnvironment.folder)/bin"
        var additions = [
            "PATH": "\(bin):\(session.path)",
            "VIRTUAL_ENV": "\(session.runner.appPath)/\(VirtualEnvironment.folder)",
            "PIP_CACHE_DIR": "\(cache)/python/pip", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_COLOR": "1",
            "PIP_ROOT_USER_ACTION": "ignore", "UV_CACHE_DIR": "\(cache)/python/uv", "UV_LINK_MODE": "copy",
            "UV_PYTHON_DOWNLOADS": "never", "UV_NO_COLOR": "1", "TMPDIR": "\(cache)/tmp", "LANG": "C.UTF-8",
            "PYTHONUNBUFFERED": "1", "CPATH": "\(session.runner.appPath)/.heroku/python/include",
        ]
        if let path = installation.libraryPath { additions["LD_LIBRARY_PATH"] = path }
        var environment = session.environment(
            additions,
            without: ["PYTHONHOME", "PYTHONPATH", "PIP_REQUIRE_VIRTUALENV", "PIP_USER", "PIP_TARGET", "PIP_PREFIX"])
        for (ours, theirs) in [
            ("PIP_INDEX_URL", "UV_DEFAULT_INDEX"), ("PIP_EXTRA_INDEX_URL", "UV_INDEX"),
            ("PIP_FIND_LINKS", "UV_FIND_LINKS"),
        ] where environment[theirs] == nil {
            environment[theirs] = environment[ours]
        }
        for key in ["PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_REQUIRE_VIRTUALENV", "VIRTUALENV"] {
            environment[key] = nil
        }
        return environment
    }
}
