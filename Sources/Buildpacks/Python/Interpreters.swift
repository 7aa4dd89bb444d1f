internal import Model
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// A Python installation on this machine.
struct Interpreter: Hashable, Sendable {
    /// Host path of the real executable: `/usr/bin/python3.11`.
    var executable: String
    var series: PythonSeries

    /// The installation's folder: `/usr`, `~/.pyenv/versions/3.12.1`.
    var prefix: String { WorkTree.parent(of: WorkTree.parent(of: executable)) }

    /// Whether dynos see it where it is: their root has the machine's `/usr` and `/opt`.
    var isVisibleInDynos: Bool { Machine.isInDynos(executable) }
}

extension Interpreter {
    /// Every Python 3 installation that can be found without running anything, each once.
    ///
    /// Looks in the folders of `searchPath`, in the usual system folders, and where pyenv, uv, asdf and mise keep
    /// theirs below `home`. Shims are passed over: they choose by the folder one stands in.
    static func all(searchPath: String, home: String) -> [Interpreter] {
        var folders = searchPath.split(separator: ":").map(String.init).filter { !$0.hasSuffix("/shims") }
        folders += ["/usr/bin", "/usr/local/bin"]
        let collections = [
            "\(home)/.pyenv/versions", "\(home)/.local/share/uv/python", "\(home)/.asdf/installs/python",
            "\(home)/.local/share/mise/installs/python", "/opt", "/opt/python", "/usr/local/pyenv/versions",
        ]
        for collection in collections {
            for name in Machine.names(in: collection) { folders.append("\(collection)/\(name)/bin") }
        }
        var found: [Interpreter] = []
        var seen: Set<String> = []
        for folder in folders where folder.hasPrefix("/") {
            for name in Machine.names(in: folder) where name.hasPrefix("python3.") {
                guard series(ofExecutable: name) != nil, let real = WorkTree.resolved("\(folder)/\(name)"),
                    let file = real.split(separator: "/").last, let series = series(ofExecutable: String(file)),
                    seen.insert(real).inserted, access(real, X_OK) == 0
                else { continue }
                found.append(Interpreter(executable: real, series: series))
            }
        }
        return found
    }

    /// `python3.12` is 3.12; `python3.12-config` and `python3.13t` are something else.
    private static func series(ofExecutable name: String) -> PythonSeries? {
        name.hasPrefix("python3.") ? PythonSeries(name.dropFirst("python".count)) : nil
    }
}
