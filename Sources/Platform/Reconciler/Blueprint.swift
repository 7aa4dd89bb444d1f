package import Model

/// What an app is to run: a release with its slug's folders at hand.
package struct Blueprint: Sendable {
    package let release: Release
    package let slug: Slug
    /// Host folders of the slug's layers, uppermost first.
    package let layers: [String]

    package init(release: Release, slug: Slug, layers: [String]) {
        self.release = release
        self.slug = slug
        self.layers = layers
    }
}

/// How a new release's web dynos did.
package enum BootReport: Sendable, Equatable {
    case up
    /// Nothing listens: why, and the last lines that were said.
    case crashed(reason: String, lastLines: [String])
}

/// The new dynos did not come up, and the old ones were left as they were.
package struct BootFailure: Error, Sendable {
    package let reason: String
    package let lastLines: [String]

    init(reason: String, lastLines: [String]) {
        self.reason = reason
        self.lastLines = lastLines
    }
}

/// A dyno as `ps` and the API show it.
package struct DynoView: Sendable {
    package let id: DynoID
    package let name: DynoName
    /// Ends by itself, and is no part of the formation.
    package let isOneOff: Bool
    package let state: DynoState
    package let command: String
    package let size: DynoSize
    package let releaseVersion: Int
    package let since: Timestamp
    /// How it is kept apart; `nil` while it is being started or is down.
    package var sandbox: SandboxLevel?
    /// Where it answers.
    package var endpoint: Endpoint?
    /// Why it is crashed, from the verb on.
    package var reason: String?
}
