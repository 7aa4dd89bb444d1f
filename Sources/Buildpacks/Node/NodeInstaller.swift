internal import Model

/// Runs the package manager.
struct NodeInstaller {
    let manifest: PackageManifest
    let manager: NodePackageManager
    let installation: NodeInstallation
    let environment: NodeEnvironment

    func run(_ session: BuildSession) async throws {
        let isPrebuilt = session.tree.isFolder("node_modules")
        if isPrebuilt { await session.output.body("Prebuild detected (node_modules already exists)") }
        let variables = environment.variables(session, manager)
        // Without a registry, what is local or kept from an earlier build may still be all that is needed.
        let isOnline = try await canReachRegistry(session, variables)
        var (line, command) = installation(session, isOnline: isOnline)
        if isPrebuilt, manager.kind == .npm { command = "npm rebuild && \(command)" }
        await session.output.body(line)
        let result = try await session.run(command, variables, readable: manager.readable)
        guard result.ending == .code(0) else {
            if (Self.networkErrors + Self.offlineErrors).contains(where: result.lines.contains) {
                throw await unreachable(session)
            }
            if let hint = MissingHeader.hint(in: result.lines.lines) { await session.output.failure(hint) }
            throw await session.fail(
                """
                Build failed: Unable to install the packages of \(manager.lockFile ?? "package.json").

                \(manager.kind.rawValue) ended with \(result.ending). See the output above.
                """)
        }
    }

    /// Asks the registry for a sign of life, with the person's own settings for it (mirror, proxy, certificates).
    ///
    /// Without this, a package manager's own retries hang for minutes where there is no network. A registry that
    /// answers anything at all is there.
    private func canReachRegistry(_ session: BuildSession, _ variables: [String: String]) async throws -> Bool {
        guard installation.npmVersion != nil else { return true }
        let asked = try await session.capture(
            "timeout 15 npm ping --fetch-retries=0 --fetch-timeout=8000 --loglevel=error", variables)
        if asked.ending == .code(0) { return true }
        // 124: `timeout` had to end it.
        return asked.ending != .code(124) && !Self.networkErrors.contains(where: asked.lines.contains)
    }

    private static let networkErrors = [
        "ENOTFOUND", "ECONNREFUSED", "ETIMEDOUT", "EAI_AGAIN", "ECONNRESET", "ENETUNREACH", "EHOSTUNREACH",
        "ERR_SOCKET_TIMEOUT", "network request to", "network connectivity", "ENETWORK", "CERT_HAS_EXPIRED",
        "SELF_SIGNED_CERT", "UNABLE_TO_GET_ISSUER", "UNABLE_TO_VERIFY_LEAF",
        "There appears to be trouble with your network",
        "tunneling socket could not be established",
    ]

    /// What the package managers say when they were told to do without a network and can't.
    private static let offlineErrors = [
        "ENOTCACHED", "in offline mode", "in our cache", "Network access have been disabled", "ERR_PNPM_NO_OFFLINE_",
    ]

    private func unreachable(_ session: BuildSession) async -> PackFailure {
        await session.fail(
            """
            Error: The npm registry can't be reached.

            package.json lists packages that have to be fetched, and the
            registry doesn't answer. Is there a network, a proxy (HTTPS_PROXY),
            a mirror (npm_config_registry)? Ask it yourself with:
              npm ping
            """)
    }

    /// What Heroku prints for it, and what runs.
    private func installation(_ session: BuildSession, isOnline: Bool) -> (line: String, command: String) {
        let retries =
            "--fetch-retries=1 --fetch-retry-mintimeout=1000 --fetch-retry-maxtimeout=3000 --fetch-timeout=60000"
        switch manager.kind {
        case .npm:
            let dev = session.config("NPM_CONFIG_PRODUCTION") == "true" ? "--omit=dev" : "--include=dev"
            let mode = isOnline ? "--prefer-offline" : "--offline"
            let flags = "\(dev) \(mode) --no-audit --no-fund \(retries)"
            let wantsInstall = session.config("USE_NPM_INSTALL") == "true"
            switch manager.lockFile {
            case .some where !wantsInstall: return ("Installing node modules", "npm ci \(flags)")
            case .some(let lock):
                let kind = lock == "npm-shrinkwrap.json" ? "shrinkwrap" : "package-lock"
                return ("Installing node modules (package.json + \(kind))", "npm install \(flags)")
            case nil: return ("Installing node modules (package.json)", "npm install --no-package-lock \(flags)")
            }
        case .yarn:
            if session.tree.isFile(".yarnrc.yml") {
                let network = isOnline ? "" : "YARN_ENABLE_NETWORK=0 "
                return ("Running 'yarn install' with yarn.lock", "\(network)\(manager.command) install --immutable")
            }
            let lock = manager.lockFile == nil ? "" : " --frozen-lockfile"
            return (
                "Installing node modules (yarn.lock)",
                "\(manager.command) install --production=false\(lock) --ignore-engines"
                    + (isOnline ? " --prefer-offline" : " --offline")
                    + " --non-interactive --network-timeout 10000"
            )
        case .pnpm:
            let lock = manager.lockFile == nil ? "--no-frozen-lockfile" : "--frozen-lockfile"
            let mode = isOnline ? "" : " --offline"
            return (
                "Running 'pnpm install' with pnpm-lock.yaml",
                "\(manager.command) install --prod=false \(lock)\(mode) --fetch-retries=1 --fetch-timeout=60000"
            )
        }
    }
}
