internal import Posix

/// One version of PostgreSQL on this machine.
struct PostgresPrograms: Sendable, Equatable {
    /// The folder of `postgres`, `initdb`, `psql`, `pg_dump`.
    let folder: String
    /// The first number of its version: 15.
    let version: Int

    static let oldest = 13

    func path(of program: String) -> String { "\(folder)/\(program)" }

    /// Every version that is there, newest first.
    ///
    /// - Parameter path: the owner's PATH.
    static func all(path: String) -> [PostgresPrograms] {
        var folders = path.split(separator: ":").map(String.init)
        for (parent, isOne) in places {
            let names = (try? FileTree.names(in: parent)) ?? []
            folders += names.filter(isOne).map { "\(parent)/\($0)/bin" }
        }
        var found: [PostgresPrograms] = []
        for folder in folders where needed.allSatisfy({ FileTree.exists("\(folder)/\($0)") }) {
            guard let version = version(of: "\(folder)/postgres"), version >= oldest else { continue }
            if !found.contains(where: { $0.version == version }) {
                found.append(PostgresPrograms(folder: folder, version: version))
            }
        }
        return found.sorted { $0.version > $1.version }
    }

    private static let needed = ["postgres", "initdb", "psql", "pg_dump", "pg_restore"]

    /// Debian's and Homebrew's folders of versions.
    private static let places: [(parent: String, isOne: @Sendable (String) -> Bool)] = [
        ("/usr/lib/postgresql", { Int($0) != nil }),
        ("/opt/homebrew/opt", { $0.hasPrefix("postgresql") }), ("/usr/local/opt", { $0.hasPrefix("postgresql") }),
    ]

    /// `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`
    private static func version(of program: String) -> Int? {
        let result = try? Subprocess.capture(program, arguments: ["--version"], environment: [:], limit: 4096)
        guard let result, result.end.isSuccess else { return nil }
        let words = String(decoding: result.output, as: UTF8.self).split(separator: " ")
        return words.lazy.compactMap { Int($0.prefix { $0.isNumber }) }.first
    }
}
