package import Model
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The bare repositories that apps are pushed to, one an app, named by its id.
///
/// Every call works on the calling thread and may block; nothing is kept open between calls.
package struct GitStore: Sendable {
    let folder: String

    /// - Parameter folder: where the repositories stand; made when the first app is.
    package init(folder: String) { self.folder = folder }

    /// The app's repository; what the remote `paas` of a person's clone names.
    package func path(of app: AppID) -> String { "\(folder)/\(app).git" }

    /// Makes an empty bare repository whose `HEAD` is `main`, readable by its owner alone.
    ///
    /// - Parameter hook: the whole text of its `pre-receive` hook.
    package func create(_ app: AppID, hook: String) throws {
        let path = path(of: app)
        try FileTree.makeFolder(path)
        _ = try Repository(creating: path, branch: "main")
        try refreshHook(of: app, hook: hook)
        try FileTree.synchronize(path)
    }

    /// Puts the hooks in place again, for a program or a home that has moved; a push that runs keeps the old ones.
    package func refreshHook(of app: AppID, hook: String) throws {
        let path = path(of: app)
        let repository = try Repository(opening: path)
        try FileTree.makeFolder("\(path)/hooks")
        for (name, text) in [("pre-receive", hook), ("post-receive", Self.finalHook)] {
            let (file, bytes) = ("\(path)/hooks/\(name)", Array(text.utf8))
            guard !FileTree.isProgram(file) || (try? FileTree.read(file)) != bytes else { continue }
            try FileTree.write(bytes, to: file, mode: 0o700)
        }
        try repository.configure(Self.settings(path: path))
    }

    /// Removes the repository; one that is not there is no error.
    package func remove(_ app: AppID) throws { try FileTree.remove(path(of: app)) }

    /// The apps that have a repository.
    package func apps() -> [AppID] {
        ((try? FileTree.names(in: folder)) ?? []).filter { $0.hasSuffix(".git") }.compactMap { AppID($0.dropLast(4)) }
    }

    /// What all files of the repository add up to; 0 where there is none.
    package func sizeBytes(of app: AppID) -> Int64 { Self.size(of: path(of: app)) }

    /// The commit that `main`, or else `master`, stands at; `nil` before the first push.
    package func head(of app: AppID) throws -> String? {
        let repository = try Repository(opening: path(of: app))
        let target = try repository.target(of: "refs/heads/main") ?? repository.target(of: "refs/heads/master")
        return target?.description
    }

    /// The commit that a reference (`refs/heads/main`) stands at; `nil` when there is none.
    package func commit(at reference: String, of app: AppID) throws -> String? {
        try Repository(opening: path(of: app)).target(of: reference)?.description
    }

    /// What an id names that has been pushed.
    ///
    /// - Parameters:
    ///   - id: 40 hexadecimal digits.
    ///   - alternates: as for ``export(_:of:alternates:into:limits:)``.
    package func kind(of id: String, in app: AppID, alternates: [String]) throws -> PushedObject {
        guard let object = ObjectID(id) else { throw ExportError.notACommit(id) }
        return try ObjectDatabase(opening: "\(path(of: app))/objects", alternates: alternates).kind(of: object)
    }

    /// Writes the tree of `commit` into the new folder `folder`, as it is in Git: no filter, no line-end conversion.
    ///
    /// Nothing outside `folder` is touched, whatever the tree says: names that lead out are refused, and links are made
    /// but never followed. When it throws, what it had written is removed.
    ///
    /// - Parameters:
    ///   - commit: 40 hexadecimal digits.
    ///   - alternates: further object folders: git's quarantine, as long as the push is not accepted.
    ///   - folder: made with the folders above it; an empty one may stand there.
    /// - Throws: ``ExportError`` for what is wrong with the tree, ``GitError`` for the repository.
    package func export(
        _ commit: String, of app: AppID, alternates: [String], into folder: String,
        limits: ExportLimits = ExportLimits()
    ) throws -> Export {
        let source = ObjectSource(objects: "\(path(of: app))/objects", alternates: alternates)
        return try source.export(commit, into: folder, limits: limits)
    }

    /// The first eight digits, as `releases` prints them: `Deploy 1a2b3c4d`. Source: heroku-platform.md §7.
    package static func shortID(of commit: String) -> String { String(commit.prefix(8)) }

    /// Git may leave objects and references to the kernel; a push that was told as done is to outlive a power cut.
    private static let finalHook = """
        #!/bin/sh
        sync -f . 2>/dev/null || sync

        """

    /// What the repositories' own `config` says.
    private static func settings(path: String) -> [(key: String, value: String)] {
        [
            // A person's own core.hooksPath would silently skip ours: pushed, and nothing deployed.
            ("core.hooksPath", "\(path)/hooks"),
            ("receive.denyNonFastForwards", "false"),
            ("receive.denyDeletes", "false"),
            ("receive.denyDeleteCurrent", "refuse"),
            ("receive.shallowUpdate", "false"),
            // Tidying is repack's work: one started by a push would go on after it, unknown to the daemon.
            ("receive.autogc", "false"),
            ("gc.auto", "0"),
            ("transfer.hideRefs", "refs/paas"),
        ]
    }

    private static func size(of path: String) -> Int64 {
        var info = stat()
        guard lstat(path, &info) == 0 else { return 0 }
        guard info.st_mode & S_IFMT == S_IFDIR else { return Int64(info.st_size) }
        // What goes while it is being counted counts nothing.
        let names = (try? FileTree.names(in: path)) ?? []
        return names.reduce(0) { $0 + size(of: "\(path)/\($1)") }
    }
}
