internal import Posix

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

extension GitStore {
    /// Fetches one submodule with the machine's git (and so with its owner's keys) and writes its tree.
    ///
    /// Only http, https, ssh and git are spoken, redirections included; nobody is asked for a password; a server that
    /// falls silent is given up after 30 s. Submodules of the submodule are in the result: the caller goes on, and
    /// decides how deep.
    ///
    /// - Parameter folder: the empty folder that ``export(_:of:alternates:into:limits:)`` made for it.
    /// - Throws: ``SubmoduleError``; ``ExportError`` for its tree.
    package func fetchSubmodule(
        _ submodule: Submodule, into folder: String, limits: ExportLimits = ExportLimits()
    ) throws -> Export {
        try Self.check(submodule)
        guard let program = GitProgram.path else { throw SubmoduleError.noGit }
        let repository = "\(self.folder)/submodule-\(getpid())-\(UInt64.random(in: 0 ... .max)).tmp"
        try FileTree.makeFolder(repository)
        defer { try? FileTree.remove(repository) }  // What stays is found and removed by removeLeftovers.
        _ = try Repository(creating: repository, branch: "main")

        let here = Fetch(program: program, repository: repository, submodule: submodule)
        // One commit where the server gives single ones, else everything.
        let first = try here.run(["--depth=1", "--", submodule.url, submodule.commit])
        if !first.isSuccess {
            let all = ["--", submodule.url, "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"]
            let second = try here.run(all)
            guard second.isSuccess else {
                throw SubmoduleError.failed(path: submodule.path, url: submodule.url, message: second.message)
            }
        }
        do {
            return try ObjectSource(objects: "\(repository)/objects", alternates: [])
                .export(submodule.commit, into: folder, limits: limits)
        } catch ExportError.notACommit(let commit) {
            throw SubmoduleError.failed(
                path: submodule.path, url: submodule.url, message: "there is no commit \(commit)")
        }
    }

    /// Removes what a daemon that was killed while it fetched has left; called when no fetch is under way.
    package func removeLeftovers() throws {
        guard FileTree.exists(folder) else { return }
        for name in try FileTree.names(in: folder) where name.hasPrefix("submodule-") && name.hasSuffix(".tmp") {
            try FileTree.remove("\(folder)/\(name)")
        }
    }

    private static func check(_ submodule: Submodule) throws(SubmoduleError) {
        let url = submodule.url
        guard !url.isEmpty else { throw .noURL(path: submodule.path) }
        if url.hasPrefix("./") || url.hasPrefix("../") { throw .relativeURL(path: submodule.path, url: url) }
        let isForbidden =
            url.hasPrefix("-") || url.utf8.contains { $0 <= 0x20 || $0 == 0x7F || $0 == UInt8(ascii: "\\") }
        let schemes = ["https://", "http://", "ssh://", "git://", "git+ssh://", "ssh+git://"]
        guard !isForbidden, schemes.contains(where: { url.lowercased().hasPrefix($0) }) || isShortSSH(url) else {
            throw .forbiddenURL(path: submodule.path, url: url)
        }
    }

    /// `git@example.com:owner/repository.git`: a colon before the first slash, and no second one after it.
    private static func isShortSSH(_ url: String) -> Bool {
        guard let colon = url.firstIndex(of: ":"), colon != url.startIndex else { return false }
        let rest = url[url.index(after: colon)...]
        return !url[..<colon].contains("/") && !rest.hasPrefix(":") && !rest.hasPrefix("//")
    }
}

/// `git fetch` with everything about it fixed but its operands.
private struct Fetch {
    let program: String
    let repository: String
    let submodule: Submodule

    func run(_ operands: [String]) throws -> (isSuccess: Bool, message: String) {
        var environment = GitProgram.environment
        environment["GIT_DIR"] = repository
        environment["GIT_ALLOW_PROTOCOL"] = "http:https:ssh:git"
        environment["GIT_SSH_COMMAND"] = "ssh -oBatchMode=yes -oConnectTimeout=20"
        let arguments = [
            "-c", "http.lowSpeedLimit=100", "-c", "http.lowSpeedTime=30", "-c", "gc.auto=0",
            "fetch", "--quiet", "--no-tags", "--no-recurse-submodules",
        ]
        let result = try Subprocess.capture(program, arguments: arguments + operands, environment: environment)
        let lines = String(decoding: result.errors, as: UTF8.self).split(whereSeparator: \.isNewline)
        return (result.end.isSuccess, lines.suffix(3).joined(separator: " · "))
    }
}
