/// A slug with a config, under a number that is never used again.
package struct Release: Sendable, Equatable {
    package enum Status: String, Sendable { case pending, succeeded, failed, expired }

    package let id: ReleaseID
    package let app: AppID
    /// Counts from 1 in each app.
    package let version: Int
    package var status: Status
    /// `Deploy 1a2b3c4d`, `Set FOO config vars`, `Rollback to v12`. Source: heroku-platform.md §7.
    package let description: String
    /// `nil` before the first build.
    package let slug: SlugID?
    /// The config vars as they were then; what a rollback restores.
    package let config: ConfigVars
    /// E-mail of the account that caused it.
    package let actor: String
    package let createdAt: Timestamp
    package var updatedAt: Timestamp

    package init(
        id: ReleaseID = ReleaseID(), app: AppID, version: Int, status: Status, description: String, slug: SlugID?,
        config: ConfigVars, actor: String, createdAt: Timestamp, updatedAt: Timestamp
    ) {
        self.id = id
        self.app = app
        self.version = version
        self.status = status
        self.description = description
        self.slug = slug
        self.config = config
        self.actor = actor
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// How many dynos of one process type are wanted, and of what size.
package struct FormationEntry: Sendable, Equatable {
    package let id: Identifier<FormationEntry>
    package let app: AppID
    package let type: ProcessType
    package var quantity: Int
    package var size: DynoSize
    package let createdAt: Timestamp
    package var updatedAt: Timestamp

    package init(
        id: Identifier<FormationEntry> = Identifier(), app: AppID, type: ProcessType, quantity: Int, size: DynoSize,
        createdAt: Timestamp, updatedAt: Timestamp
    ) {
        self.id = id
        self.app = app
        self.type = type
        self.quantity = quantity
        self.size = size
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}
