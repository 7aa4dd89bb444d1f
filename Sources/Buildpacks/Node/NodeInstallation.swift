internal import Model
internal import Posix

/// Node.js and npm at `.heroku/node`, as the build and the dynos see them.
struct NodeInstallation: Sendable {
    static let folder = ".heroku/node"
    let runtime: NodeRuntime
    /// `nil` where Node.js came without npm.
    let npmVersion: String?

    /// Links to an installation that dynos see; one in somebody's home is copied into a layer, once.
    static func make(_ runtime: NodeRuntime, _ session: inout BuildSession) async throws -> NodeInstallation {
        let prefix = runtime.prefix
        try session.tree.remove(folder)
        let npm = npmFolder(runtime, session)
        let version = npm.flatMap { try? FileTree.read("\($0)/package.json", limit: 1 << 20) }
            .flatMap { JSON($0)?["version"]?.text }
        if session.runner.appPath == "/app", !runtime.isVisibleInDynos {
            let digest = Digest(of: [
                "node", "1", runtime.executable, Machine.fingerprint(runtime.executable), version ?? "",
            ])
            let name = "node-\(digest.hex.prefix(40))"
            if try !session.reuse(name, [folder]) {
                try session.tree.makeFolder("\(folder)/bin")
                let command = """
                    set -e
                    cp -L \(shellQuoted(runtime.executable)) \(folder)/bin/node
                    for tool in npm corepack; do
                      if [ -d \(shellQuoted(prefix))/lib/node_modules/$tool ]; then
                        mkdir -p \(folder)/lib/node_modules
                        cp -R \(shellQuoted(prefix))/lib/node_modules/$tool \(folder)/lib/node_modules/
                      fi
                    done
                    cd \(folder)/bin
                    if [ -d ../lib/node_modules/npm ]; then
                      ln -s ../lib/node_modules/npm/bin/npm-cli.js npm
                      ln -s ../lib/node_modules/npm/bin/npx-cli.js npx
                    fi
                    if [ -d ../lib/node_modules/corepack ]; then ln -s ../lib/node_modules/corepack/dist/corepack.js corepack; fi
                    """
                let copied = try await session.run(command, ["PATH": BuildSession.systemPath], readable: [prefix])
                guard copied.ending == .code(0) else {
                    throw await session.fail("Error: Unable to copy Node.js \(runtime.version) from \(prefix).")
                }
                try session.shelve([folder], as: name)
            }
        } else {
            try session.tree.link("\(folder)/bin/node", to: runtime.executable)
            if let npm {
                try session.tree.link("\(folder)/bin/npm", to: "\(npm)/bin/npm-cli.js")
                try session.tree.link("\(folder)/bin/npx", to: "\(npm)/bin/npx-cli.js")
            }
            let corepack = "\(prefix)/lib/node_modules/corepack/dist/corepack.js"
            if FileTree.exists(corepack) { try session.tree.link("\(folder)/bin/corepack", to: corepack) }
        }
        session.exported["PATH"] = "\(session.runner.appPath)/\(folder)/bin:\(session.path)"
        return NodeInstallation(runtime: runtime, npmVersion: version)
    }

    /// npm comes with Node.js, but Debian packages it apart.
    private static func npmFolder(_ runtime: NodeRuntime, _ session: BuildSession) -> String? {
        ["\(runtime.prefix)/lib/node_modules/npm", "/usr/share/nodejs/npm", "/usr/lib/node_modules/npm"].first {
            FileTree.exists("\($0)/bin/npm-cli.js")
        }
    }
}
