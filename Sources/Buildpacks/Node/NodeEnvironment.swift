internal import Model

/// The variables of a Node.js build.
struct NodeEnvironment: Sendable {
    private static let defaults = [
        ("NPM_CONFIG_LOGLEVEL", "error"), ("NODE_VERBOSE", "false"), ("NODE_ENV", "production"),
        ("NODE_MODULES_CACHE", "true"),
    ]
    /// Those the person has not set.
    private let own: [String: String]
    let isCacheOn: Bool

    init(_ session: BuildSession) {
        var own = Dictionary(Self.defaults.filter { session.config($0.0) == nil }, uniquingKeysWith: { $1 })
        if session.config("NODE_OPTIONS") == nil { own["NODE_OPTIONS"] = "--max_old_space_size=2560" }
        self.own = own
        isCacheOn = session.config("NODE_MODULES_CACHE") != "false"
    }

    /// Our defaults with their values, and the names alone of what the person has set.
    func shownLines(_ session: BuildSession) -> [String] {
        let names = session.request.config.keys.filter { key in
            ["NPM_CONFIG_", "YARN_", "USE_NPM_", "USE_YARN_", "NODE_", "PNPM_CONFIG_"].contains { key.hasPrefix($0) }
        }
        let defaults = Self.defaults.filter { session.config($0.0) == nil }.map { "\($0.0)=\($0.1)" }
        return [""] + defaults + names.map { "\($0)=[config var]" }
    }

    func variables(_ session: BuildSession, _ manager: NodePackageManager) -> [String: String] {
        let app = session.runner.appPath
        let cache = session.runner.cachePath
        var additions = own.merging(manager.variables) { $1 }
        additions["PATH"] = "\(session.path):\(app)/bin:\(app)/node_modules/.bin"
        additions["npm_config_cache"] = "\(cache)/node/npm"
        additions["npm_config_update_notifier"] = "false"
        additions["npm_config_fund"] = "false"
        additions["npm_config_audit"] = "false"
        additions["npm_config_devdir"] = "\(cache)/node/gyp"
        additions["YARN_CACHE_FOLDER"] = "\(cache)/node/yarn"
        additions["npm_config_store_dir"] = "\(cache)/node/pnpm"
        additions["CI"] = session.config("CI") ?? "true"
        return session.environment(additions)
    }
}
