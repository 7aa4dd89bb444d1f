package import Model

/// What to build, and with what.
package struct BuildRequest: Sendable {
    /// Host path of the exported commit. It becomes the app's own layer; the build writes into it.
    package var tree: String
    /// Host path of the app's build cache; made when absent.
    package var cache: String
    /// Buildpacks set by hand, in order; empty means detection.
    package var buildpacks: [String]
    package var config: ConfigVars
    /// The full commit id, for `SOURCE_VERSION`.
    package var commit: String
    /// The owner's `PATH`, to find interpreters and tools.
    package var searchPath: String
    /// The owner's home, for `~/.pyenv`, `~/.local/share/uv`, `~/.nvm` and their kin.
    package var home: String
    /// The owner's variables that builds need to reach a package index: `PIP_*`, `npm_config_*`, `*_PROXY`,
    /// `SSL_CERT_FILE` and so on.
    package var passthrough: [String: String]
    /// Refuse what today's Heroku refuses.
    package var isStrict: Bool

    package init(
        tree: String, cache: String, buildpacks: [String] = [], config: ConfigVars = ConfigVars(), commit: String,
        searchPath: String, home: String, passthrough: [String: String] = [:], isStrict: Bool = false
    ) {
        self.tree = tree
        self.cache = cache
        self.buildpacks = buildpacks
        self.config = config
        self.commit = commit
        self.searchPath = searchPath
        self.home = home
        self.passthrough = passthrough
        self.isStrict = isStrict
    }
}
