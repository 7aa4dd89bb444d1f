internal import Model
internal import Posix

/// Fetches a buildpack into the app's cache.
struct BuildpackSource {
    let name: String
    /// Below the cache.
    let place: String

    /// - Throws: ``BuildFailure/unreachableBuildpack(_:)`` after the reason has been printed.
    func fetch(_ session: BuildSession) async throws {
        let (address, reference) = parts
        let target = "\(session.runner.cachePath)/\(place)"
        let fresh = "\(target).new"
        let command: String
        var readable: [String] = []
        if let folder = try await localPath(address, session) {
            readable = [folder]
            if FileTree.isFolder(folder) {
                command =
                    reference == nil
                    ? "cp -R \(shellQuoted(folder)) \(shellQuoted(fresh))"
                    : Self.clone(folder, reference, into: fresh)
            } else {
                command = "mkdir \(shellQuoted(fresh)) && tar -C \(shellQuoted(fresh)) -xf \(shellQuoted(folder))"
            }
        } else if Self.archiveEndings.contains(where: address.hasSuffix) {
            command =
                "mkdir \(shellQuoted(fresh)) && { curl -fsSL --connect-timeout 15 --retry 1 \(shellQuoted(address))"
                + " || wget -qO- \(shellQuoted(address)); } | tar -C \(shellQuoted(fresh)) -xz"
        } else {
            command = Self.clone(address, reference, into: fresh)
        }
        let script = """
            set -e -o pipefail
            \(Self.gitSettings)
            rm -rf \(shellQuoted(fresh)); mkdir -p \(shellQuoted(WorkTree.parent(of: target)))
            \(command)
            cd \(shellQuoted(fresh))
            if [ ! -d bin ]; then
              set -- */bin
              if [ $# = 1 ] && [ -d "$1" ]; then top=${1%/bin}; mv "$top" ../top.$$; cd ..; rm -rf \(shellQuoted(fresh)); mv top.$$ \(shellQuoted(fresh)); cd \(shellQuoted(fresh)); fi
            fi
            rm -rf .git \(shellQuoted(target))
            mv \(shellQuoted(fresh)) \(shellQuoted(target))
            """
        var environment = session.baseEnvironment
        environment["GIT_TERMINAL_PROMPT"] = "0"
        let result = try await session.capture(script, environment, readable: readable)
        if result.ending == .code(0), session.cache.isFile("\(place)/bin/detect"),
            session.cache.isFile("\(place)/bin/compile")
        {
            return
        }
        if result.ending != .code(0), session.cache.isFile("\(place)/bin/compile") {
            await session.output.warning("Note: \(address) can't be fetched now; using the copy of the last build.")
            return
        }
        if result.ending == .code(0) {
            await session.output.failure("\(address) has no bin/detect and bin/compile, so it is no buildpack.")
        }
        for line in result.lines.lines { await session.output.body(line) }
        throw BuildFailure.unreachableBuildpack(name)
    }

    private static let archiveEndings = [".tgz", ".tar.gz", ".tbz", ".tar.bz", ".tar.bz2", ".tar"]

    /// The address, and the branch, tag or commit after `#`.
    private var parts: (address: String, reference: String?) {
        guard let hash = name.lastIndex(of: "#") else { return (name, nil) }
        let reference = String(name[name.index(after: hash)...])
        return (String(name[..<hash]), reference.isEmpty ? nil : reference)
    }

    /// The host path of a folder or archive on this machine; `nil` for an address.
    private func localPath(_ address: String, _ session: BuildSession) async throws -> String? {
        var path = address
        if path.hasPrefix("file://") { path.removeFirst(7) }
        if path.hasPrefix("~/") { path = session.request.home + path.dropFirst() }
        if path.hasPrefix("./") || path == "." {
            // A pack inside the app's own commit.
            guard let inside = session.tree.realPath(String(path.dropFirst(2))) else {
                return try await missing(path, session)
            }
            return inside
        }
        guard path.hasPrefix("/") else { return nil }
        guard let real = WorkTree.resolved(path) else { return try await missing(path, session) }
        return real
    }

    private func missing(_ path: String, _ session: BuildSession) async throws -> String? {
        await session.output.failure("\(path) is not there.")
        throw BuildFailure.unreachableBuildpack(name)
    }

    /// Settings for git and for the git that it starts at the other end of a local clone: that one does not see `-c`.
    /// It has to serve a folder of its owner's also where the build runs as somebody else.
    private static let gitSettings = #"""
        export GIT_CONFIG_GLOBAL="$(mktemp)"
        trap 'rm -f "$GIT_CONFIG_GLOBAL"' EXIT
        printf '[safe]\n\tdirectory = *\n[advice]\n\tdetachedHead = false\n' > "$GIT_CONFIG_GLOBAL"
        """#

    /// A shallow clone of a branch or tag; a commit needs all of it.
    private static func clone(_ address: String, _ reference: String?, into folder: String) -> String {
        let words = "\(shellQuoted(address)) \(shellQuoted(folder))"
        guard let reference else { return "git clone --quiet --depth 1 -- \(words)" }
        let name = shellQuoted(reference)
        return """
            git clone --quiet --depth 1 --branch=\(name) -- \(words) 2>/dev/null || {
              rm -rf \(shellQuoted(folder)); git clone --quiet -- \(words); git -C \(shellQuoted(folder)) checkout --quiet \(name) --
            }
            """
    }
}
