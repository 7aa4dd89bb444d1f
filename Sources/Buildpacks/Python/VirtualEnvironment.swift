internal import Posix

/// The app's Python: a virtual environment at `.heroku/python` that works wherever the app stands.
///
/// It is written without Python's help: three links, a settings file and an empty folder are all there is to one.
struct VirtualEnvironment: Sendable {
    static let folder = ".heroku/python"
    let installation: PythonInstallation

    /// Below the tree.
    var sitePackages: String { "\(Self.folder)/lib/python\(installation.version.series)/site-packages" }

    /// Writes an environment without any package at `folder` of `place`.
    func write(to place: WorkTree, at folder: String = Self.folder) throws {
        try place.remove(folder)
        try place.makeFolder("\(folder)/lib/python\(installation.version.series)/site-packages")
        try place.link("\(folder)/bin/python", to: installation.executable)
        try place.link("\(folder)/bin/python3", to: "python")
        try place.link("\(folder)/bin/python\(installation.version.series)", to: "python")
        try place.link("\(folder)/lib64", to: "lib")
        if let wheel = installation.bundledWheels["pip"] {
            // So that `pip freeze` works in a one-off dyno; an app that lists pip replaces it.
            let script = "#!/bin/sh\nexec \"${0%/*}/python\" \(shellQuoted(wheel))/pip \"$@\"\n"
            for name in ["pip", "pip3"] { try place.write(script, to: "\(folder)/bin/\(name)", mode: 0o755) }
        }
        try place.write(
            """
            home = \(WorkTree.parent(of: installation.executable))
            include-system-site-packages = false
            version = \(installation.version)
            executable = \(installation.executable)

            """, to: "\(folder)/pyvenv.cfg")
    }

    /// Frees what an installer wrote from the place where it was written: scripts start the Python beside them, and
    /// `.pth` files name `/app`, which the app's start-up script turns into the folder it runs in.
    func makeRelocatable(_ tree: WorkTree, appPath: String) throws {
        let bin = "\(Self.folder)/bin"
        for name in tree.names(in: bin) where tree.isFile("\(bin)/\(name)") {
            guard let bytes = tree.read("\(bin)/\(name)", limit: 1 << 20), bytes.starts(with: "#!".utf8) else {
                continue
            }
            let text = String(decoding: bytes, as: UTF8.self)
            guard let body = Self.bodyOfScript(text, python: "\(appPath)/\(bin)/python") else { continue }
            try tree.write(Self.relocatableHead + body, to: "\(bin)/\(name)", mode: 0o755)
        }
        guard appPath != "/app" else { return }
        for name in tree.names(in: sitePackages) where name.hasSuffix(".pth") {
            guard let text = tree.readText("\(sitePackages)/\(name)"), text.contains(appPath) else { continue }
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
                line == appPath || line.hasPrefix(appPath + "/") ? "/app" + line.dropFirst(appPath.count) : String(line)
            }
            try tree.write(lines.joined(separator: "\n"), to: "\(sitePackages)/\(name)")
        }
    }

    /// A first line that is a comment to Python and a command to the shell, which starts the Python beside the script.
    private static let relocatableHead = """
        #!/bin/sh
        '''exec' "${0%/*}/python" "$0" "$@"
        ' '''

        """

    /// The script below its head, when the head starts `python`, in either of pip's two forms.
    private static func bodyOfScript(_ text: String, python: String) -> String? {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let first = lines.first else { return nil }
        if first.hasPrefix("#!\(python)") {
            lines.removeFirst()
        } else if first == "#!/bin/sh", lines.count > 2, lines[1].hasPrefix("'''exec' "), lines[1].contains(python) {
            lines.removeFirst(3)
        } else {
            return nil
        }
        return lines.joined(separator: "\n")
    }
}
