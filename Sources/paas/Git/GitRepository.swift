import Console
import Posix

/// The repository one stands in, through the person's own git: it knows worktrees, includes and formats that a
/// library of another version refuses.
enum GitRepository {
    struct Remote: Sendable, Equatable {
        let name: String
        let url: String
    }

    /// Whether the working folder belongs to a repository.
    ///
    /// - Throws: a ``Failure`` for one that git refuses to look at, since it is another user's.
    static func exists() throws -> Bool {
        guard let (end, _, errors) = try run(["rev-parse", "--git-dir"]) else { return false }
        if !end.isSuccess, let failure = distrust(String(decoding: errors, as: UTF8.self)) { throw failure }
        return end.isSuccess
    }

    /// What git says of a repository of another owner, with the command that it names. Source: git-config(1),
    /// "safe.directory".
    private static func distrust(_ errors: String) -> Failure? {
        guard errors.contains("dubious ownership") else { return nil }
        let quoted = errors.split(separator: "'")
        let folder = quoted.count > 1 ? String(quoted[1]) : Environment.folder ?? "."
        return Failure(
            "Git does not trust the repository at \(folder), as it belongs to another user.",
            mend: ["git config --global --add safe.directory \(ShellQuoting.quoted(folder))"])
    }

    /// Warns about a repository that can't be pushed: git names objects by SHA-256 there, and refuses to talk to the
    /// apps' repositories, which name them by SHA-1 as Heroku's do.
    static func warnIfUnpushable(_ terminal: Terminal) throws {
        guard let (end, output, _) = try run(["rev-parse", "--show-object-format"]), end.isSuccess,
            String(decoding: output, as: UTF8.self).hasPrefix("sha256")
        else { return }
        terminal.warn(
            """
            This repository uses SHA-256 object names, so git will refuse to push it: apps take only SHA-1, as on Heroku.
            To push the files, put them into a repository made with: git init --object-format=sha1
            """)
    }

    /// The remotes with their URLs; none outside a repository or without git.
    static func remotes() throws -> [Remote] {
        guard let (end, output, _) = try run(["config", "-z", "--get-regexp", #"^remote\..*\.url$"#]), end.isSuccess
        else {
            return []
        }
        return parse(output)
    }

    /// Reads `remote.NAME.url` and the URL, newline between them, NUL behind.
    static func parse(_ output: [UInt8]) -> [Remote] {
        output.split(separator: 0).compactMap { entry in
            let halves = entry.split(separator: 0x0A, maxSplits: 1).map { String(decoding: $0, as: UTF8.self) }
            guard halves.count == 2, halves[0].hasPrefix("remote."), halves[0].hasSuffix(".url") else { return nil }
            return Remote(name: String(halves[0].dropFirst(7).dropLast(4)), url: halves[1])
        }
    }

    static func add(_ remote: Remote) throws { try change(["remote", "add", remote.name, remote.url]) }

    static func setURL(of remote: Remote) throws { try change(["remote", "set-url", remote.name, remote.url]) }

    static func remove(remote name: String) throws { try change(["remote", "remove", name]) }

    private static func change(_ arguments: [String]) throws {
        guard let git = Subprocess.find("git", path: Environment["PATH"] ?? "") else { throw missing }
        let (end, _, errors) = try Subprocess.capture(git, arguments: arguments, environment: Environment.all)
        guard end.isSuccess else {
            throw Failure("git \(arguments.joined(separator: " "))\n\(String(decoding: errors, as: UTF8.self))")
        }
    }

    static let missing = Failure("git is not installed.", mend: ["sudo apt-get install git"])

    private static func run(
        _ arguments: [String]
    ) throws -> (end: Subprocess.End, output: [UInt8], errors: [UInt8])? {
        guard let git = Subprocess.find("git", path: Environment["PATH"] ?? "") else { return nil }
        // What it says is read here, so it has to say it in English.
        let environment = Environment.all.merging(["LC_ALL": "C"]) { $1 }
        return try Subprocess.capture(git, arguments: arguments, environment: environment)
    }
}
