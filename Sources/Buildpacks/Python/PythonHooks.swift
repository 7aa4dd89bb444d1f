internal import Model

/// `bin/pre_compile` and `bin/post_compile` of the app.
struct PythonHooks {
    func run(_ name: String, _ session: BuildSession, _ variables: [String: String]) async throws {
        guard session.tree.isFile("bin/\(name)") else { return }
        await session.output.step("Running bin/\(name) hook")
        let result = try await session.run(
            "chmod +x bin/\(name) && " + EnvironmentFolder.around("bin/\(name)"),
            EnvironmentFolder.variables(session, session.environment(variables)))
        guard result.ending == .code(0) else {
            throw await session.fail(
                """
                Error: Failed to run the bin/\(name) script.

                We found a 'bin/\(name)' script in your app's source code
                and so attempted to run it to allow for custom build steps.
                It exited with \(result.ending).
                """)
        }
    }
}
