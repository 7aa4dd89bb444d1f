import Git
import Glibc
import Model
import Posix
import Testing

/// A scratch folder with a person's clone in it, the platform's repositories, and real git; gone with the test.
final class Workshop: Sendable {
    let path: String
    let store: GitStore
    let app = AppID()
    var clone: String { path + "/clone" }
    var bare: String { store.path(of: app) }

    /// - Parameter hook: of the app's repository, which is made.
    init(hook: String = "#!/bin/sh\nexit 0\n") throws {
        path = "/tmp/paas-git-\(UInt64.random(in: 0 ... .max))"
        store = GitStore(folder: path + "/git")
        try FileTree.makeFolder(path)
        try git("init", "--quiet", "--initial-branch=main", clone, in: path)
        try store.create(app, hook: hook)
        try git("remote", "add", "paas", store.path(of: app))
    }

    deinit { try? FileTree.remove(path) }  // Nothing can be done about a folder that stays.

    var environment: [String: String] {
        [
            "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": path, "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C",
            "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.com", "GIT_COMMITTER_NAME": "A",
            "GIT_COMMITTER_EMAIL": "a@example.com",
        ]
    }

    /// Runs git in the clone and gives back what it printed, without the last newline.
    @discardableResult
    func git(_ arguments: String..., in folder: String? = nil) throws -> String {
        let result = try attempt(arguments, in: folder)
        guard result.isSuccess else { throw Failure(arguments: arguments, message: result.errors) }
        return result.output
    }

    func attempt(
        _ arguments: [String], in folder: String? = nil
    ) throws -> (isSuccess: Bool, output: String, errors: String) {
        let result = try Subprocess.capture(
            "/usr/bin/git", arguments: arguments, environment: environment, folder: folder ?? clone)
        let text = String(decoding: result.output, as: UTF8.self)
        let errors = String(decoding: result.errors, as: UTF8.self)
        return (result.end.isSuccess, text.hasSuffix("\n") ? String(text.dropLast()) : text, errors)
    }

    struct Failure: Error {
        let arguments: [String]
        let message: String
    }

    func write(_ text: String, to name: String) throws {
        try FileTree.write(Array(text.utf8), to: "\(clone)/\(name)", mode: 0o644)
    }

    /// Commits everything in the clone.
    func commit() throws -> String {
        try git("add", "--all")
        try git("commit", "--quiet", "--allow-empty", "-m", "x")
        return try git("rev-parse", "HEAD")
    }

    /// Puts an object of any bytes into the app's repository and names it.
    func object(_ type: String, _ bytes: [UInt8]) throws -> String {
        let file = "\(path)/object-\(UInt64.random(in: 0 ... .max))"
        try FileTree.write(bytes, to: file)
        return try git("--git-dir", bare, "hash-object", "-t", type, "-w", "--literally", file)
    }

    func blob(_ text: String) throws -> String { try object("blob", Array(text.utf8)) }

    /// A tree object with these entries exactly, in this order.
    func tree(_ entries: [(mode: String, name: [UInt8], id: String)]) throws -> String {
        var bytes: [UInt8] = []
        for (mode, name, id) in entries {
            bytes += Array("\(mode) ".utf8) + name + [0]
            let digits = Array(id)
            bytes += stride(from: 0, to: 40, by: 2).compactMap { UInt8(String(digits[$0...($0 + 1)]), radix: 16) }
        }
        return try object("tree", bytes)
    }

    func tree(_ entries: [(mode: String, name: String, id: String)]) throws -> String {
        try tree(entries.map { ($0.mode, Array($0.name.utf8), $0.id) })
    }

    func commit(tree: String) throws -> String { try git("--git-dir", bare, "commit-tree", "-m", "x", tree) }

    /// Exports into a new folder of the workshop.
    func export(
        _ commit: String, alternates: [String] = [], limits: ExportLimits = ExportLimits()
    ) throws -> (folder: String, export: Export) {
        let folder = "\(path)/export-\(UInt64.random(in: 0 ... .max))"
        return (folder, try store.export(commit, of: app, alternates: alternates, into: folder, limits: limits))
    }

    /// Permissions and type as `stat` has them, of the entry itself.
    func mode(_ path: String) -> UInt32 {
        var info = stat()
        return lstat(path, &info) == 0 ? UInt32(info.st_mode) : 0
    }
}
