/// A built app, ready to run: immutable folders and what the build learned.
package struct Slug: Sendable, Equatable {
    package let id: SlugID
    package let app: AppID
    /// The full Git commit it was built from; `nil` for other sources.
    package let commit: String?
    /// Names of its layers in the slug store, uppermost first. Slugs of one app share layers that did not change.
    package let layers: [String]
    /// Procfile lines and the buildpack's defaults, merged.
    package let processTypes: [ProcessType: String]
    /// All files of all layers, in bytes.
    package let sizeBytes: Int64
    /// What the last buildpack calls the app: `Python`.
    package let buildpackName: String
    package let createdAt: Timestamp

    package init(
        id: SlugID = SlugID(), app: AppID, commit: String?, layers: [String], processTypes: [ProcessType: String],
        sizeBytes: Int64, buildpackName: String, createdAt: Timestamp
    ) {
        self.id = id
        self.app = app
        self.commit = commit
        self.layers = layers
        self.processTypes = processTypes
        self.sizeBytes = sizeBytes
        self.buildpackName = buildpackName
        self.createdAt = createdAt
    }
}

/// One run of the buildpacks over one source.
package struct Build: Sendable, Equatable {
    package enum Status: String, Sendable { case pending, succeeded, failed }

    package let id: BuildID
    package let app: AppID
    package let commit: String
    package var status: Status
    package var slug: SlugID?
    package var release: ReleaseID?
    package var buildpacks: [String]
    package let actor: String
    package let createdAt: Timestamp
    package var updatedAt: Timestamp

    package init(
        id: BuildID = BuildID(), app: AppID, commit: String, status: Status = .pending, slug: SlugID? = nil,
        release: ReleaseID? = nil, buildpacks: [String] = [], actor: String, createdAt: Timestamp, updatedAt: Timestamp
    ) {
        self.id = id
        self.app = app
        self.commit = commit
        self.status = status
        self.slug = slug
        self.release = release
        self.buildpacks = buildpacks
        self.actor = actor
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}
