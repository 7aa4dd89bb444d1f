/// One deployed or still empty application.
package struct App: Sendable, Equatable {
    package let id: AppID
    package var name: AppName
    package let createdAt: Timestamp
    package var updatedAt: Timestamp
    /// When the newest release was made; `nil` before the first.
    package var releasedAt: Timestamp?
    /// Answers every request with the maintenance page while true.
    package var maintenance: Bool
    /// Buildpacks set by hand, in order (`heroku/python`, or a Git or tarball URL); empty means detection.
    package var buildpacks: [String]
    /// The features switched on or off by hand; what is absent has its default. See ``AppFeature``.
    package var features: [String: Bool]
    /// A small number that is unique among living apps; the sandbox derives the app's own user id from it.
    package let ordinal: Int

    package init(
        id: AppID = AppID(), name: AppName, createdAt: Timestamp, updatedAt: Timestamp, releasedAt: Timestamp? = nil,
        maintenance: Bool = false, buildpacks: [String] = [], features: [String: Bool] = [:], ordinal: Int
    ) {
        self.id = id
        self.name = name
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.releasedAt = releasedAt
        self.maintenance = maintenance
        self.buildpacks = buildpacks
        self.features = features
        self.ordinal = ordinal
    }

    package func has(_ feature: AppFeature) -> Bool { features[feature.rawValue] ?? feature.isOnByDefault }
}

/// A switch an app has (`features:enable NAME`).
package enum AppFeature: String, Sendable, CaseIterable {
    /// New web dynos must answer before the old ones go. On by default.
    case atomicDeploy = "atomic-deploy"
    /// Refuses what today's Heroku refuses.
    case strict
    /// Adds `HEROKU_APP_NAME` and its kin to the dynos' environment.
    case runtimeDynoMetadata = "runtime-dyno-metadata"
    /// Waits between crash restarts as long as Heroku does.
    case herokuCrashBackoff = "heroku-crash-backoff"
    /// Writes what each dyno uses into its log every 20 seconds.
    case logRuntimeMetrics = "log-runtime-metrics"
    /// Each dyno has a network of its own, where only the router reaches it.
    case privateNetwork = "private-network"

    package var isOnByDefault: Bool { self == .atomicDeploy }

    package var summary: String {
        switch self {
        case .atomicDeploy: "New web dynos must answer before the old ones go"
        case .strict: "Refuses what today's Heroku refuses"
        case .runtimeDynoMetadata: "Dyno Metadata: HEROKU_APP_NAME and its kin in the environment"
        case .logRuntimeMetrics: "Emit dyno resource usage information into app logs"
        case .herokuCrashBackoff: "Wait as long as Heroku does between restarts of a crashed dyno"
        case .privateNetwork: "A network of its own for each dyno, from its next start on"
        }
    }
}
