/// A slug with a config, under a number.
///
/// Source: the published Platform API schema, `release`.
package struct ReleaseResource: Codable, Sendable, Equatable {
    package var addonPlanNames: [String]
    package var artifacts: [Artifact]
    package var app: NamedReference
    package var createdAt: String
    package var description: String
    package var id: String
    package var updatedAt: String
    @Nullable package var slug: Reference?
    /// `pending`, `succeeded`, `failed` or `expired`.
    package var status: String
    package var user: AccountReference
    package var version: Int
    package var current: Bool
    /// GET it for the release command's output; `nil` without a release command.
    @Nullable package var outputStreamURL: String?
    package var eligibleForRollback: Bool

    package init(
        addonPlanNames: [String] = [], artifacts: [Artifact] = [], app: NamedReference, createdAt: String,
        description: String, id: String, updatedAt: String, slug: Reference? = nil, status: String,
        user: AccountReference, version: Int, current: Bool, outputStreamURL: String? = nil, eligibleForRollback: Bool
    ) {
        self.addonPlanNames = addonPlanNames
        self.artifacts = artifacts
        self.app = app
        self.createdAt = createdAt
        self.description = description
        self.id = id
        self.updatedAt = updatedAt
        self.slug = slug
        self.status = status
        self.user = user
        self.version = version
        self.current = current
        self.outputStreamURL = outputStreamURL
        self.eligibleForRollback = eligibleForRollback
    }

    private enum CodingKeys: String, CodingKey {
        case artifacts, app, description, id, slug, status, user, version, current
        case addonPlanNames = "addon_plan_names"
        case createdAt = "created_at"
        case updatedAt = "updated_at"
        case outputStreamURL = "output_stream_url"
        case eligibleForRollback = "eligible_for_rollback"
    }
}
