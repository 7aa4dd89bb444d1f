package import Model

/// What the daemon knows from its start and passes to the conductor.
package struct Settings: Sendable {
    /// `PAAS_HOME`, absolute.
    package var home: String
    /// The router's port, for URLs.
    package var port: UInt16
    /// The platform's own server behind `api.localhost`.
    package var apiEndpoint: Endpoint
    /// The absolute path of the `paas` program, for the repositories' hooks.
    package var cli: String
    /// The owner's PATH, where builds look for interpreters.
    package var searchPath: String
    /// The owner's home folder.
    package var ownerHome: String
    /// The owner's variables that builds need to reach package indexes.
    package var buildPassthrough: [String: String]
    /// How long a web dyno may take to listen on its port. Source: heroku-platform.md §2.2.
    package var bootTimeout: Duration = .seconds(60)
    /// SIGTERM to SIGKILL.
    package var stopGrace: Duration = .seconds(30)
    /// What all Eco dynos together may run in a month. Source: heroku-platform.md §4, "Eco sleeping".
    package var ecoHours: Duration = .seconds(1000 * 3600)
    /// How many releases keep their slugs.
    package var keptReleases = 10
    /// The largest slug, in bytes, compressed. Source: heroku-platform.md §8.
    package var slugLimitBytes: Int64 = 500 << 20

    package init(
        home: String, port: UInt16, apiEndpoint: Endpoint, cli: String, searchPath: String, ownerHome: String,
        buildPassthrough: [String: String]
    ) {
        self.home = home
        self.port = port
        self.apiEndpoint = apiEndpoint
        self.cli = cli
        self.searchPath = searchPath
        self.ownerHome = ownerHome
        self.buildPassthrough = buildPassthrough
    }

    /// Java, Gradle, Scala and Clojure have half as long again: 90 seconds. Source: heroku-platform.md §2.2.
    ///
    /// - Parameter buildpackName: what the buildpack calls the app.
    func bootTimeout(for buildpackName: String) -> Duration {
        let words = buildpackName.lowercased().split { !$0.isLetter }
        let isSlow = !Set(words).isDisjoint(with: ["java", "jvm", "gradle", "maven", "scala", "clojure", "kotlin"])
        return isSlow ? bootTimeout * 3 / 2 : bootTimeout
    }

    /// `NAME.localhost`: what leads to the app wherever this machine is asked.
    package func ownHost(_ name: AppName) -> String { "\(name).localhost" }

    /// `http://NAME.localhost:8080/`; without the port when it is 80.
    package func webURL(_ name: AppName) -> String { "http://\(name).localhost\(port == 80 ? "" : ":\(port)")/" }
}
