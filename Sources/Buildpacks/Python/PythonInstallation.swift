internal import Model
internal import Posix

/// An interpreter as the build and the dynos see it.
struct PythonInstallation: Sendable {
    /// In the sandbox's eyes.
    let executable: String
    let version: PythonVersion
    /// Where a wheel of pip or setuptools that came with the interpreter lies, in the sandbox's eyes.
    let bundledWheels: [String: String]
    /// pip's own folder, where it was installed beside the interpreter.
    let pipFolder: String?
    /// Where the interpreter's shared libraries lie, when it was moved away from where it was built.
    let libraryPath: String?

    /// Where a copied interpreter stands in the tree.
    static let copyFolder = ".heroku/cpython"

    /// Makes the interpreter visible to the steps to come, and to dynos: one in somebody's home is copied into a layer
    /// of its own, once.
    static func make(_ choice: InterpreterChoice, _ session: inout BuildSession) async throws -> PythonInstallation {
        let interpreter = choice.interpreter
        let hostPrefix = interpreter.prefix
        // Without a sandbox everything is where it is on the host.
        guard session.runner.appPath == "/app", !interpreter.isVisibleInDynos else {
            return PythonInstallation(choice, hostPrefix: hostPrefix, prefix: hostPrefix, isCopy: false)
        }
        let digest = Digest(of: [
            "cpython", "2", interpreter.executable, Machine.fingerprint(interpreter.executable),
            choice.version.description,
        ])
        let name = "cpython-\(digest.hex.prefix(40))"
        if try !session.reuse(name, [copyFolder]) {
            try session.tree.remove(copyFolder)
            try session.tree.makeFolder(copyFolder)
            // Tests, static libraries and whatever was installed beside it are no use to an app.
            let excluded = [
                "./lib/python\(choice.version.series)/test", "./lib/python\(choice.version.series)/config-*",
                "./lib/python\(choice.version.series)/idlelib", "./lib/libpython*.a", "./share",
                "./lib/python\(choice.version.series)/site-packages/*",
            ]
            let command =
                "set -o pipefail; tar -C \(shellQuoted(hostPrefix)) -cf - "
                + excluded.map { "--exclude=\(shellQuoted($0))" }.joined(separator: " ")
                + " . | tar -C \(copyFolder) --no-same-owner -xf -"
            let copied = try await session.run(command, ["PATH": BuildSession.systemPath], readable: [hostPrefix])
            guard copied.ending == .code(0) else {
                throw await session.fail("Error: Unable to copy Python \(choice.version) from \(hostPrefix).")
            }
            try session.shelve([copyFolder], as: name)
        }
        return PythonInstallation(choice, hostPrefix: hostPrefix, prefix: "/app/\(copyFolder)", isCopy: true)
    }

    private init(_ choice: InterpreterChoice, hostPrefix: String, prefix: String, isCopy: Bool) {
        version = choice.version
        let file = choice.interpreter.executable.split(separator: "/").last ?? "python3"
        executable = "\(prefix)/bin/\(file)"
        libraryPath = isCopy ? "\(prefix)/lib" : nil
        var wheels: [String: String] = [:]
        // Debian keeps them apart.
        let bundled = "lib/python\(choice.version.series)/ensurepip/_bundled"
        for (host, shown) in [
            ("/usr/share/python-wheels", "/usr/share/python-wheels"),
            ("\(hostPrefix)/\(bundled)", "\(prefix)/\(bundled)"),
        ] {
            for wheel in Machine.names(in: host) where wheel.hasSuffix(".whl") {
                if let name = wheel.split(separator: "-").first { wheels[String(name)] = "\(shown)/\(wheel)" }
            }
        }
        bundledWheels = wheels
        let places =
            isCopy
            ? [] : ["\(hostPrefix)/lib/python\(choice.version.series)/site-packages", "/usr/lib/python3/dist-packages"]
        pipFolder = places.map { "\($0)/pip" }.first { FileTree.exists("\($0)/__pip-runner__.py") }
    }

    /// How to start pip for the environment whose Python is `python`; `nil` when the machine has no pip.
    ///
    /// pip's own wheel runs unpacked as well as packed. Debian's pip is started by the file that `pip --python` uses,
    /// so that it does not take Debian's packages for the app's.
    func pipCommand(python: String) -> String? {
        if let wheel = bundledWheels["pip"] { return "\(shellQuoted(python)) \(shellQuoted(wheel))/pip" }
        return pipFolder.map { "\(shellQuoted(python)) \(shellQuoted($0))/__pip-runner__.py" }
    }

    /// As a wheel's file name says it: `24.2`.
    var pipVersion: String? {
        bundledWheels["pip"]?.split(separator: "/").last?.split(separator: "-").dropFirst().first.map(String.init)
    }
}
