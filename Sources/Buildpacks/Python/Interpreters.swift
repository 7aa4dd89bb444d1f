internal import Model
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// A Python installation on this machine.
struct Interpreter: Installation {
    var executable: String
    var series: PythonSeries
}

extension Interpreter {
    /// Every Python 3 installation that can be found without running anything, each once.
    ///
    /// Looks in the folders of `searchPath`, in the usual system folders, and where pyenv, uv, asdf and mise keep
    /// theirs below `home`.
    static func all(searchPath: String, home: String) -> [Interpreter] {
        let collections = [
            "\(home)/.pyenv/versions", "\(home)/.local/share/uv/python", "\(home)/.asdf/installs/python",
            "\(home)/.local/share/mise/installs/python", "/opt", "/opt/python", "/usr/local/pyenv/versions",
        ]
        let folders = Machine.folders(
            searchPath: searchPath, more: ["/usr/bin", "/usr/local/bin"],
            collections: collections.map { ($0, "bin") })
        var found: [Interpreter] = []
        var seen: Set<String> = []
        for folder in folders {
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
