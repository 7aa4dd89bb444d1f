internal import Model

/// Node.js apps, as heroku/nodejs builds them. Source: buildpack-api.md §4.
struct NodePack: Buildpack {
    let name = "heroku/nodejs"

    func detect(_ session: BuildSession) async -> Detection {
        if session.tree.isFile("package.json") { return .detected("Node.js") }
        return .notDetected([
            "Error: Your app is configured to use the Node.js buildpack,",
            "but we couldn't find a package.json in its root directory.",
        ])
    }

    func compile(_ session: inout BuildSession) async throws -> PackRelease {
        guard let bytes = session.tree.read("package.json"), let manifest = PackageManifest(bytes) else {
            throw await session.fail("Build failed: Unable to parse package.json as JSON.")
        }
        let environment = NodeEnvironment(session)
        await section("Creating runtime environment", session)
        for line in environment.shownLines(session) { await session.output.body(line) }

        await section("Installing binaries", session)
        var manager = try await NodePackageManager.find(manifest, session)
        let installation = try await installBinaries(manifest, manager, &session)
        manager = try await manager.obtained(manifest, session)

        let work = NodeDependencies(
            manifest: manifest, manager: manager, installation: installation, environment: environment,
            isPrebuilt: session.tree.isFolder("node_modules"))
        let scripts = NodeScripts(manifest: manifest, manager: manager, environment: environment)
        try await work.restoreCache(session)
        try await scripts.run("heroku-prebuild", title: "Prebuild", session)
        try await work.install(&session)
        try await scripts.build(session)
        try await work.prune(&session)
        try await scripts.run("heroku-cleanup", title: "Cleanup", session)
        try await work.saveCache(session)
        try NodeProfile.write(to: session.tree)
        return await release(manifest, session)
    }

    private func section(_ title: String, _ session: BuildSession) async {
        await session.output.blank()
        await session.output.step(title)
    }

    private func installBinaries(
        _ manifest: PackageManifest, _ manager: NodePackageManager, _ session: inout BuildSession
    ) async throws -> NodeInstallation {
        let output = session.output
        await output.body("engines.node (package.json):   \(manifest.engine("node") ?? "unspecified")")
        await output.body("engines.npm (package.json):    \(manifest.engine("npm") ?? "unspecified (use default)")")
        await output.body("")
        if let wanted = manifest.engine("node") {
            await output.body("Resolving node version \(wanted)...")
        } else {
            await output.body("No Node.js version specified, using the newest installed...")
        }
        let choice = try await NodeChoice.make(manifest, session)
        if let note = choice.note { await output.warning("Note: \(note)") }
        await output.body("Using node \(choice.runtime.version) from \(WorkTree.parent(of: choice.runtime.executable))")
        let installation = try await NodeInstallation.make(choice.runtime, &session)
        guard let npm = installation.npmVersion else {
            let needsNpm = manifest.hasDependencies || !(manifest.json["scripts"]?.members.isEmpty ?? true)
            guard needsNpm, manager.kind == .npm else { return installation }
            throw await session.fail(
                """
                Error: There is no npm for Node.js \(choice.runtime.version).

                On Debian and Ubuntu: sudo apt-get install npm
                """)
        }
        await output.body("Using default npm version: \(npm)")
        if let wanted = manifest.engine("npm"), let range = VersionRange(wanted), let version = NodeVersion(npm),
            !range.contains(version)
        {
            await output.warning(
                "Note: engines.npm asks for \(wanted); building with npm \(npm), which Node.js brought.")
        }
        return installation
    }

    private func release(_ manifest: PackageManifest, _ session: BuildSession) async -> PackRelease {
        let procfile = session.tree.read("Procfile").flatMap { try? Procfile.parse($0) } ?? []
        if !session.tree.isFile("Procfile"), manifest.script("start") == nil, !session.tree.isFile("server.js") {
            await session.output.warning(
                """
                This app may not specify any way to start a node process
                https://devcenter.heroku.com/articles/nodejs-support#default-web-process-type
                """)
        }
        if procfile.contains(where: { $0.0.text.hasPrefix("mcp") }) { return PackRelease() }
        return PackRelease(defaultProcessTypes: [.web: "npm start"])
    }
}
