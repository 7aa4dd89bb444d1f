internal import Model
internal import Posix

/// What a Django app needs beyond its packages.
struct Django {
    let environment: VirtualEnvironment

    func collectStatic(_ session: BuildSession, _ variables: [String: String]) async throws {
        let output = session.output
        guard hasPackage("django", session) else { return }
        if session.tree.isFile(".heroku/collectstatic_disabled") {
            await output.step(
                "Skipping Django collectstatic since the file '.heroku/collectstatic_disabled' exists.")
            return
        }
        if let switchedOff = session.config("DISABLE_COLLECTSTATIC"), switchedOff != "0" {
            await output.step("Skipping Django collectstatic since the env var DISABLE_COLLECTSTATIC is set.")
            return
        }
        guard let script = managePath(session.tree) else {
            await output.step("Skipping Django collectstatic since no manage.py file found.")
            return
        }
        await output.step("$ python \(script) collectstatic --noinput")
        let result = try await session.run(
            "python \(shellQuoted(script)) collectstatic --noinput 2>&1",
            session.environment(variables.merging(["PYTHONPATH": "."]) { $1 }))
        await output.blank()
        guard result.ending == .code(0) else {
            if session.config("DEBUG_COLLECTSTATIC") == "1" {
                await output.step("Environment variables, without values:")
                let names = session.environment(variables).keys.sorted()
                for name in names { await output.body(name) }
            }
            throw await session.fail(
                """
                Error: Unable to generate Django static files.

                The 'python \(script) collectstatic --noinput' Django
                management command to generate static files failed.

                See the traceback above for details.

                You may need to update application code to resolve this error.
                Or, you can disable collectstatic for this application:

                   $ paas config:set DISABLE_COLLECTSTATIC=1

                https://devcenter.heroku.com/articles/django-assets
                """)
        }
    }

    /// Heroku gives a Django app with a Postgres driver its database on the first deploy.
    func wantsPostgres(_ session: BuildSession) -> Bool {
        hasPackage("django", session) && managePath(session.tree) != nil
            && (hasPackage("psycopg2", session) || hasPackage("psycopg", session))
    }

    private func hasPackage(_ name: String, _ session: BuildSession) -> Bool {
        session.hostPath("\(environment.sitePackages)/\(name)") != nil
    }

    /// The shallowest `manage.py`, three folders deep at most.
    private func managePath(_ tree: WorkTree) -> String? {
        var folders = [""]
        for _ in 0..<3 {
            let paths = folders.map { $0.isEmpty ? "manage.py" : "\($0)/manage.py" }
            if let found = paths.first(where: tree.isFile) { return found }
            folders = folders.flatMap { folder in
                tree.names(in: folder).filter { !$0.hasPrefix(".") && $0 != "node_modules" }
                    .map { folder.isEmpty ? $0 : "\(folder)/\($0)" }.filter(tree.isFolder)
            }
        }
        return nil
    }
}
