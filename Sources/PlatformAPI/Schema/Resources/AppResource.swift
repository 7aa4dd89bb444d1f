/// An app.
///
/// Source: the published Platform API schema, `app`.
package struct AppResource: Codable, Sendable, Equatable {
    package var acm: Bool
    @Nullable package var archivedAt: String?
    @Nullable package var buildpackProvidedDescription: String?
    package var buildStack: NamedReference
    package var createdAt: String
    package var generation: NamedReference
    /// Where the app's bare repository is: an absolute path.
    package var gitURL: String
    package var id: String
    @Nullable package var internalRouting: Bool?
    package var maintenance: Bool
    package var name: String
    package var owner: AccountReference
    @Nullable package var organization: NamedReference?
    @Nullable package var team: NamedReference?
    package var region: NamedReference
    @Nullable package var releasedAt: String?
    /// Bytes.
    @Nullable package var repoSize: Int64?
    /// Bytes.
    @Nullable package var slugSize: Int64?
    @Nullable package var space: NamedReference?
    package var stack: NamedReference
    package var updatedAt: String
    /// With a port where it is not 80, and a slash at the end: `http://NAME.localhost:8080/`.
    @Nullable package var webURL: String?

    package init(
        acm: Bool = false, archivedAt: String? = nil, buildpackProvidedDescription: String? = nil,
        buildStack: NamedReference, createdAt: String, generation: NamedReference, gitURL: String, id: String,
        internalRouting: Bool? = nil, maintenance: Bool, name: String, owner: AccountReference,
        organization: NamedReference? = nil, team: NamedReference? = nil, region: NamedReference,
        releasedAt: String? = nil, repoSize: Int64? = nil, slugSize: Int64? = nil, space: NamedReference? = nil,
        stack: NamedReference, updatedAt: String, webURL: String? = nil
    ) {
        self.acm = acm
        self.archivedAt = archivedAt
        self.buildpackProvidedDescription = buildpackProvidedDescription
        self.buildStack = buildStack
        self.createdAt = createdAt
        self.generation = generation
        self.gitURL = gitURL
        self.id = id
        self.internalRouting = internalRouting
        self.maintenance = maintenance
        self.name = name
        self.owner = owner
        self.organization = organization
        self.team = team
        self.region = region
        self.releasedAt = releasedAt
        self.repoSize = repoSize
        self.slugSize = slugSize
        self.space = space
        self.stack = stack
        self.updatedAt = updatedAt
        self.webURL = webURL
    }

    private enum CodingKeys: String, CodingKey {
        case acm, generation, id, maintenance, name, owner, organization, team, region, space, stack
        case archivedAt = "archived_at"
        case buildpackProvidedDescription = "buildpack_provided_description"
        case buildStack = "build_stack"
        case createdAt = "created_at"
        case gitURL = "git_url"
        case internalRouting = "internal_routing"
        case releasedAt = "released_at"
        case repoSize = "repo_size"
        case slugSize = "slug_size"
        case updatedAt = "updated_at"
        case webURL = "web_url"
    }
}
