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
    /// How long nobody asks for the app before dynos that may sleep do. See ``AppFeature/sleep``.
    package var sleepAfter: Duration
    /// A small number that is unique among living apps; the sandbox derives the app's own user id from it.
    package let ordinal: Int

    package init(
        id: AppID = AppID(), name: AppName, createdAt: Timestamp, updatedAt: Timestamp, releasedAt: Timestamp? = nil,
        maintenance: Bool = false, buildpacks: [String] = [], features: [String: Bool] = [:],
        sleepAfter: Duration = App.usualSleepAfter, ordinal: Int
    ) {
        self.id = id
        self.name = name
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.releasedAt = releasedAt
        self.maintenance = maintenance
        self.buildpacks = buildpacks
        self.features = features
        self.sleepAfter = sleepAfter
        self.ordinal = ordinal
    }

    /// Source: heroku-platform.md §4, "Eco sleeping".
    package static let usualSleepAfter = Duration.seconds(30 * 60)

    /// Whether the machine's authority signs for the app's domains that have no certificate of their own. On by default.
    package var hasAutomaticCertificates: Bool {
        get { features[Self.automaticCertificates] ?? true }
        set { features[Self.automaticCertificates] = newValue }
    }

    /// A switch like those of ``AppFeature``; Heroku's API has endpoints of its own for it.
    private static let automaticCertificates = "acm"

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
    /// Lets dynos of any size sleep, as Eco dynos do.
    case sleep
    /// Restarts each dyno once a day, as Heroku does.
    case dailyCycling = "daily-cycling"
    /// Requests of one browser go to one web dyno as long as that is there.
    case sessionAffinity = "http-session-affinity"
    /// Answers for the hosts of an app's mail services, so that unmodified clients reach them here. On by default.
    case mailProxy = "mail-proxy"

    /// The first deploy brings the add-ons that its buildpack asks for. On by default.
    case autoAddons = "auto-addons"

    package var isOnByDefault: Bool { self == .atomicDeploy || self == .autoAddons || self == .mailProxy }

    package var summary: String {
        switch self {
        case .atomicDeploy: "New web dynos must answer before the old ones go"
        case .autoAddons: "The first deploy brings the add-ons that its buildpack asks for"
        case .strict: "Refuses what today's Heroku refuses"
        case .runtimeDynoMetadata: "Dyno Metadata: HEROKU_APP_NAME and its kin in the environment"
        case .logRuntimeMetrics: "Emit dyno resource usage information into app logs"
        case .sleep: "Dynos of any size sleep while nobody asks for the app, as Eco dynos do"
        case .dailyCycling: "Restart each dyno about once a day, as Heroku does"
        case .sessionAffinity: "Direct all requests from a single client to the same web dyno"
        case .mailProxy: "Clients of mail services, unmodified, reach them on this machine"
        case .herokuCrashBackoff: "Wait as long as Heroku does between restarts of a crashed dyno"
        case .privateNetwork: "A network of its own for each dyno, from its next start on"
        }
    }
}
