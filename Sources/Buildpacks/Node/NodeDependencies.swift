internal import Model

/// Brings an app's packages into `node_modules`, or takes them from the shelf.
struct NodeDependencies {
    private static let folder = "node_modules"
    let manifest: PackageManifest
    let manager: NodePackageManager
    let installation: NodeInstallation
    let environment: NodeEnvironment
    /// `node_modules` came with the commit.
    let isPrebuilt: Bool

    /// What the last build left, when it fits this one.
    func restoreCache(_ session: BuildSession) async throws {
        let state = PackState("node", session.cache)
        guard let before = state["signature"] else { return }
        await session.output.blank()
        await session.output.step("Restoring cache")
        if !environment.isCacheOn {
            await session.output.body("Caching has been disabled because NODE_MODULES_CACHE=false")
        } else if before != signature {
            await session.output.body(
                "Cached directories were not restored due to a change in version of node, npm, yarn or stack")
            await session.output.body("Module installation may take longer for this build")
        } else if manifest.cacheFolders.isEmpty {
            await session.output.body("- \(manager.kind.rawValue) cache")
        } else {
            await session.output.body("Loading from cacheDirectories (package.json):")
            for folder in manifest.cacheFolders {
                guard let key = Self.cacheKey(folder), session.cache.isFolder(key), !session.tree.isFolder(folder)
                else {
                    await session.output.body("- \(folder) (not cached - skipping)")
                    continue
                }
                await session.output.body("- \(folder)")
                try await copy("\(session.runner.cachePath)/\(key)", to: folder, session)
            }
        }
    }

    func saveCache(_ session: BuildSession) async throws {
        await session.output.blank()
        await session.output.step("Caching build")
        if environment.isCacheOn {
            if manifest.cacheFolders.isEmpty { await session.output.body("- \(manager.kind.rawValue) cache") }
            for folder in manifest.cacheFolders {
                guard let key = Self.cacheKey(folder), session.tree.isFolder(folder) else {
                    await session.output.body("- \(folder) (nothing to cache)")
                    continue
                }
                await session.output.body("- \(folder)")
                try session.cache.remove(key)
                try await copy(folder, to: "\(session.runner.cachePath)/\(key)", session)
            }
        }
        try PackState("node", session.cache).save(["signature": signature], to: session.cache)
    }

    func install(_ session: inout BuildSession) async throws {
        guard manifest.hasDependencies || isPrebuilt else {
            await title("Installing dependencies", session)
            await session.output.body("package.json lists no packages")
            return
        }
        if let name = layerName(session), try session.reuse(name, [Self.folder]) {
            await title("Installing dependencies", session)
            await session.output.body("\(manager.lockFile ?? "package.json") is unchanged; its packages are in place")
            return
        }
        await title("Installing dependencies", session)
        let copyKey =
            layerName(session) == nil && keepsCopy(session) ? "node/modules-\(digest(session).prefix(40))" : nil
        if let copyKey, session.cache.isFile("\(copyKey)/complete") {
            await session.output.body(
                "\(manager.lockFile ?? "package.json") is unchanged; its packages are in the cache")
            try await copy("\(session.runner.cachePath)/\(copyKey)/\(Self.folder)", to: Self.folder, session)
            return
        }
        try await NodeInstaller(
            manifest: manifest, manager: manager, installation: installation, environment: environment
        ).run(session)
        guard let copyKey, session.tree.isFolder(Self.folder) else { return }
        for old in session.cache.names(in: "node") where old.hasPrefix("modules-") {
            try session.cache.remove("node/\(old)")
        }
        try session.cache.makeFolder(copyKey)
        try await copy(Self.folder, to: "\(session.runner.cachePath)/\(copyKey)/\(Self.folder)", session)
        try session.cache.write("", to: "\(copyKey)/complete")
    }

    /// Drops what only the build needed, and shelves what is left when nothing else had a part in it.
    func prune(_ session: inout BuildSession) async throws {
        if let name = layerName(session) {
            if session.layers.contains(name) { return }
            try await dropDevelopmentPackages(session)
            if session.tree.isFolder(Self.folder) { try session.shelve([Self.folder], as: name) }
        } else {
            try await dropDevelopmentPackages(session)
        }
    }

    private func dropDevelopmentPackages(_ session: BuildSession) async throws {
        guard manifest.hasDevelopmentDependencies, session.tree.isFolder(Self.folder) else { return }
        await title("Pruning devDependencies", session)
        let node = session.config("NODE_ENV") ?? "production"
        if node == "test" {
            await session.output.body("Skipping because NODE_ENV is 'test'")
            return
        }
        if node != "production" {
            await session.output.body("Skipping because NODE_ENV is not 'production'")
            return
        }
        let variable =
            manager.kind == .npm
            ? "NPM_CONFIG_PRODUCTION" : manager.kind == .yarn ? "YARN_PRODUCTION" : "PNPM_SKIP_PRUNING"
        if session.config(variable) == (manager.kind == .pnpm ? "true" : "false") {
            await session.output.body("Skipping because \(variable) is '\(manager.kind == .pnpm ? "true" : "false")'")
            return
        }
        let command =
            switch manager.kind {
            case .npm: "npm prune --omit=dev --offline --ignore-scripts"
            case .yarn:
                "if [ -f .yarnrc.yml ]; then \(manager.command) workspaces focus --all --production; else \(manager.command)"
                    + " install --production --ignore-scripts --prefer-offline --frozen-lockfile --ignore-engines; fi"
            case .pnpm: "\(manager.command) prune --prod --ignore-scripts"
            }
        let result = try await session.run(
            command, environment.variables(session, manager), readable: manager.readable)
        guard result.ending == .code(0) else {
            throw await session.fail("Build failed: Unable to prune devDependencies.")
        }
    }

    // MARK: What determines the packages

    /// The layer that holds the packages, when manifest, lock file and Node.js alone determine it; a script of the app
    /// that runs between installation and pruning may write into it.
    private func layerName(_ session: BuildSession) -> String? {
        let scripts = ["heroku-prebuild", "heroku-postbuild", "build", "heroku-cleanup"]
        guard isDetermined(session), scripts.allSatisfy({ manifest.script($0) == nil }) else { return nil }
        return "modules-\(digest(session).prefix(40))"
    }

    /// With such a script each build gets a copy of its own to write into.
    private func keepsCopy(_ session: BuildSession) -> Bool {
        isDetermined(session) && manifest.script("heroku-prebuild") == nil
    }

    private func isDetermined(_ session: BuildSession) -> Bool {
        environment.isCacheOn && manager.lockFile != nil && !manifest.hasOwnInstallSteps
            && manifest.cacheFolders.isEmpty
            && !isPrebuilt
    }

    private func digest(_ session: BuildSession) -> String {
        var digest = Digest(of: ["modules", "2", installation.runtime.version.description, manager.kind.rawValue])
        digest.add(manifest.bytes)
        for file in [manager.lockFile ?? "", ".npmrc", ".yarnrc", ".yarnrc.yml", "pnpm-workspace.yaml"] {
            digest.add(file.isEmpty ? [] : session.tree.read(file, limit: 64 << 20) ?? [])
        }
        for key in session.request.config.keys
        where ["NPM_CONFIG_", "npm_config_", "YARN_", "PNPM_", "NODE_ENV"].contains(where: key.hasPrefix) {
            digest.add(key)
            digest.add(session.config(key) ?? "")
        }
        return digest.hex
    }

    private var signature: String {
        "v2; heroku-24; \(installation.runtime.version); \(installation.npmVersion ?? ""); \(manager.kind.rawValue)"
    }

    // MARK: Bits

    private func title(_ text: String, _ session: BuildSession) async {
        await session.output.blank()
        await session.output.step(text)
    }

    /// Copies a folder, both paths as the sandbox sees them.
    private func copy(_ source: String, to target: String, _ session: BuildSession) async throws {
        let command =
            "mkdir -p \(shellQuoted(WorkTree.parent(of: target).isEmpty ? "." : WorkTree.parent(of: target)))"
            + " && cp -a --reflink=auto \(shellQuoted(source)) \(shellQuoted(target))"
        let result = try await session.run(command, ["PATH": BuildSession.systemPath])
        guard result.ending == .code(0) else { throw await session.fail("Error: Unable to copy \(source).") }
    }

    /// Where a folder of `cacheDirectories` is kept; `nil` for one that leads out of the app.
    private static func cacheKey(_ folder: String) -> String? {
        let parts = folder.split(separator: "/")
        guard !folder.hasPrefix("/"), !parts.isEmpty, !parts.contains("..") else { return nil }
        return "node/folders/\(parts.joined(separator: "/"))"
    }
}
