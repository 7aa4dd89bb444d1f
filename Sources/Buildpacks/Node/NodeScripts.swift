internal import Model

/// The scripts of `package.json` that take part in a build.
struct NodeScripts {
    let manifest: PackageManifest
    let manager: NodePackageManager
    let environment: NodeEnvironment

    /// Runs one script under a title of its own; does nothing when the app has no such script.
    func run(_ name: String, title: String, _ session: BuildSession) async throws {
        guard manifest.script(name) != nil else { return }
        await session.output.blank()
        await session.output.step(title)
        try await run(name, session)
    }

    /// `heroku-postbuild` or else `build`.
    func build(_ session: BuildSession) async throws {
        guard let name = ["heroku-postbuild", "build"].first(where: { manifest.script($0) != nil }) else { return }
        await session.output.blank()
        await session.output.step("Build")
        if name != "build", manifest.script("build") != nil {
            await session.output.body("Detected both \"build\" and \"heroku-postbuild\" scripts")
        }
        try await run(name, session)
    }

    private func run(_ name: String, _ session: BuildSession) async throws {
        await session.output.body("Running \(name)")
        var command = "\(manager.command) run \(name)"
        if name != "heroku-prebuild", name != "heroku-cleanup", let flags = session.config("NODE_BUILD_FLAGS"),
            !flags.isEmpty
        {
            await session.output.body("Running with the flags of NODE_BUILD_FLAGS")
            command += manager.kind == .npm ? " -- $NODE_BUILD_FLAGS" : " $NODE_BUILD_FLAGS"
        }
        let result = try await session.run(
            command, environment.variables(session, manager), readable: manager.readable)
        guard result.ending == .code(0) else {
            throw await session.fail(
                """
                Build failed: The "\(name)" script of package.json failed.

                It ended with \(result.ending). See the output above.
                """)
        }
    }
}
