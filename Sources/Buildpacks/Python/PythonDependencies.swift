internal import Model
internal import Posix

/// Brings the app's packages into its virtual environment, or finds them there already.
struct PythonDependencies {
    let manager: PythonPackageManager
    let environment: VirtualEnvironment

    private var installation: PythonInstallation { environment.installation }

    func install(_ session: inout BuildSession) async throws {
        let name = layerName(session)
        let isKnown = try session.reuse(name, [VirtualEnvironment.folder])
        if hasNothingToInstall {
            await session.output.step("Installing dependencies using 'pip install -r requirements.txt'")
            await session.output.body("requirements.txt lists no packages")
            if !isKnown {
                try environment.write(to: session.tree)
                try session.shelve([VirtualEnvironment.folder], as: name)
            }
            return
        }
        if isKnown {
            await session.output.step("Installing dependencies using '\(installer.line)'")
            await session.output.body("\(manager.kind.file) is unchanged; its packages are in place")
            return
        }
        try environment.write(to: session.tree)
        try await installer.run(session)
        try environment.makeRelocatable(session.tree, appPath: session.runner.appPath)
        try session.shelve([VirtualEnvironment.folder], as: name)
    }

    private var hasNothingToInstall: Bool { manager.kind == .none || manager.requirements?.isEmpty == true }

    private var installer: PythonInstaller { PythonInstaller(manager: manager, environment: environment) }

    /// A digest of everything that determines the layer; an environment without packages is the same for every app.
    private func layerName(_ session: BuildSession) -> String {
        var digest = Digest(of: ["python", "2", installation.executable, installation.version.description])
        guard !hasNothingToInstall else { return "python-\(digest.hex.prefix(40))" }
        digest.add(manager.kind.rawValue)
        digest.add(manager.digest(session))
        let named = manager.requirements?.variables ?? []
        for key in session.request.config.keys where named.contains(key) || PythonInstaller.steers(key) {
            digest.add(key)
            digest.add(session.config(key) ?? "")
        }
        return "python-\(digest.hex.prefix(40))"
    }
}
