internal import Model

/// The tool that an app's lock file or requirements call for.
struct PythonPackageManager: Sendable {
    enum Kind: String, Sendable {
        case pip, pipenv, poetry, uv
        /// The app needs nothing but Python.
        case none

        var file: String {
            switch self {
            case .pip: "requirements.txt"
            case .pipenv: "Pipfile.lock"
            case .poetry: "poetry.lock"
            case .uv: "uv.lock"
            case .none: ""
            }
        }
    }

    let kind: Kind
    /// For pip.
    let requirements: Requirements?

    /// - Throws: ``PackFailure`` when the files call for no tool, or for several.
    static func find(_ session: BuildSession) async throws -> PythonPackageManager {
        let tree = session.tree
        let found = [Kind.pipenv, .pip, .poetry, .uv].filter { tree.isFile($0.file) }
        if found.count > 1 {
            // Beside a lock file, a requirements.txt is most often its export for another tool.
            let locks = found.filter { $0 != .pip }
            guard !session.request.isStrict, locks.count == 1, let lock = locks.first else {
                throw await session.fail(
                    """
                    Error: Multiple Python package manager files were found.

                    Exactly one package manager file should be present in your app's
                    source code, however, several were found:

                    \(found.map { "\($0.file) (\($0.rawValue))" }.joined(separator: "\n"))

                    Decide which package manager you want to use with your app, and
                    then delete the file(s) and any config from the others.
                    """)
            }
            await session.output.warning(
                "Note: Using \(lock.file); requirements.txt is not read. Heroku refuses an app that has both.")
            return PythonPackageManager(kind: lock, requirements: nil)
        }
        if let kind = found.first {
            let requirements = kind == .pip ? Requirements(kind.file, in: tree) : nil
            return PythonPackageManager(kind: kind, requirements: requirements)
        }
        throw await session.fail(await missingText(session))
    }

    private static func missingText(_ session: BuildSession) async -> String {
        let tree = session.tree
        if tree.isFile("Pipfile") {
            return """
                Error: No 'Pipfile.lock' found!

                A 'Pipfile' file was found, however, the associated 'Pipfile.lock'
                Pipenv lockfile was not. Run 'pipenv lock', and commit the file.
                """
        }
        if let near = DetectedFiles.pythonMisspellings.first(where: tree.isFile) {
            return """
                Error: Your package manager file is spelled incorrectly.

                Found '\(near)', which should be 'requirements.txt':
                git mv \(near) requirements.txt
                """
        }
        if tree.isFile("setup.py") {
            return """
                Error: Implicit setup.py file support has been sunset.

                Your app currently only has a setup.py file and no Python
                package manager files. Create a requirements.txt with this line:
                --editable .
                """
        }
        return """
            Error: Couldn't find any supported Python package manager files.

            A Python app must have either a 'requirements.txt', 'Pipfile.lock',
            'poetry.lock' or 'uv.lock' package manager file in the root
            directory of its source code. If the app has no dependencies,
            an empty one will do:
            touch requirements.txt && git add requirements.txt
            """
    }

    /// Of everything in the commit that determines the packages.
    func digest(_ session: BuildSession) -> String {
        var digest = Digest()
        switch kind {
        case .pip:
            for file in requirements?.files ?? [] {
                digest.add(file.path)
                digest.add(file.bytes)
            }
            if requirements?.hasLocalParts == true { digest.add(session.request.commit) }
        case .pipenv: for file in ["Pipfile", "Pipfile.lock"] { digest.add(session.tree.read(file) ?? []) }
        case .poetry, .uv:
            for file in ["pyproject.toml", kind.file] { digest.add(session.tree.read(file) ?? []) }
        case .none: break
        }
        return digest.hex
    }
}
