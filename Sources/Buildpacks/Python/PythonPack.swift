internal import Model

/// Python apps, as heroku/python builds them. Source: buildpack-api.md §3.
struct PythonPack: Buildpack {
    let name = "heroku/python"

    func detect(_ session: BuildSession) async -> Detection {
        let tree = session.tree
        let files = DetectedFiles.python + DetectedFiles.pythonMisspellings
        if files.contains(where: tree.isFile) || DetectedFiles.pythonFolders.contains(where: tree.isFolder) {
            return .detected("Python")
        }
        return .notDetected([
            "Error: Your app is configured to use the Python buildpack,",
            "but we couldn't find any supported Python project files.",
            "",
            "A Python app must have one of these in its root directory:",
            DetectedFiles.python.joined(separator: ", "),
        ])
    }

    func compile(_ session: inout BuildSession) async throws -> PackRelease {
        let output = session.output
        let hooks = PythonHooks()
        try await hooks.run("pre_compile", session, [:])
        try await refuseLeftovers(session)
        let manager = try await PythonPackageManager.find(session)
        let state = PackState("python", session.cache)
        let request = try await readRequest(session)
        let last = state["version"].flatMap { PythonVersion($0)?.series }
        let choice = try await InterpreterChoice.make(for: request, last: last, session)
        await output.step(choice.line)
        if let note = choice.note { await output.warning("Note: \(note)") }

        try await reportCache(state, choice.version, manager, session)
        let installation = try await PythonInstallation.make(choice, &session)
        let environment = VirtualEnvironment(installation: installation)
        let dependencies = PythonDependencies(manager: manager, environment: environment)
        try await dependencies.install(&session)

        let variables = PythonProfile(installation: installation).buildVariables(session)
        try await DownloadNLTK(environment: environment).run(&session, variables)
        let django = Django(environment: environment)
        try await django.collectStatic(session, variables)
        try PythonProfile(installation: installation).write(to: session.tree)
        // The hook may install more, as `spacy download` does.
        if session.tree.isFile("bin/post_compile") { try await session.thaw(VirtualEnvironment.folder) }
        try await hooks.run("post_compile", session, variables)
        await output.step("Saving cache")
        try state.save(
            [
                "version": choice.version.description, "manager": manager.kind.rawValue,
                "digest": manager.digest(session),
            ],
            to: session.cache)
        return PackRelease(addons: django.wantsPostgres(session) ? ["heroku-postgresql"] : [])
    }

    private func readRequest(_ session: BuildSession) async throws -> PythonRequest? {
        do {
            let request = try PythonRequest.read(from: session.tree, isStrict: session.request.isStrict)
            if request?.source == "runtime.txt" {
                await session.output.warning(
                    """
                    Warning: The runtime.txt file is deprecated.

                    Write the version into a .python-version file instead:
                    echo "\(request?.series.description ?? "3.13")" > .python-version
                    """)
            }
            return request
        } catch {
            throw await session.fail(error.text)
        }
    }

    /// What earlier work of a Python on somebody's desk left in the commit. Heroku refuses it; it does no harm here.
    private func refuseLeftovers(_ session: BuildSession) async throws {
        for folder in ["venv", ".venv"] where session.tree.isFile("\(folder)/pyvenv.cfg") {
            if session.request.isStrict {
                throw await session.fail(
                    """
                    Error: Existing '\(folder)/' directory found.

                    Your app's source code contains an existing directory named
                    '\(folder)/', which looks like a Python virtual environment.
                    Remove it from your app's Git repository.
                    """)
            }
            await session.output.warning(
                "Note: '\(folder)/' is a virtual environment from another place and isn't used;"
                    + " Heroku refuses it: git rm -r --cached \(folder)")
            try session.tree.remove(folder)
        }
        guard session.tree.isFolder(VirtualEnvironment.folder) else { return }
        if session.request.isStrict {
            throw await session.fail(
                """
                Error: Existing '.heroku/python/' directory found.

                Your app's source code contains an existing directory named
                '.heroku/python/', where the Python buildpack needs to install
                its files. Remove it from your app's Git repository.
                """)
        }
        await session.output.warning(
            "Note: '.heroku/python/' is replaced; Heroku refuses it: git rm -r --cached .heroku/python")
        try session.tree.remove(VirtualEnvironment.folder)
    }

    private func reportCache(
        _ state: PackState, _ version: PythonVersion, _ manager: PythonPackageManager, _ session: BuildSession
    ) async throws {
        let output = session.output
        guard let before = state["version"] else {
            await output.step("Installing Python \(version)")
            return
        }
        var reasons: [String] = []
        if before != version.description {
            reasons.append("The Python version has changed from \(before) to \(version)")
        }
        if let old = state["manager"], old != manager.kind.rawValue {
            reasons.append("The package manager has changed from \(old) to \(manager.kind.rawValue)")
        } else if let old = state["digest"], old != manager.digest(session), manager.kind != .none {
            reasons.append("The contents of \(manager.kind.file) changed")
        }
        if reasons.isEmpty {
            await output.step("Restoring cache")
            await output.step("Using cached install of Python \(version)")
        } else {
            await output.step("Discarding cache since:")
            for reason in reasons { await output.body("- \(reason)") }
            await output.step("Installing Python \(version)")
        }
    }
}
