/// One run of the buildpacks over one source.
///
/// Source: the published Platform API schema, `build`.
package struct BuildResource: Codable, Sendable, Equatable {
    package var app: Reference
    @Nullable package var buildpacks: [BuildpackReference]?
    package var createdAt: String
    package var generation: String
    package var id: String
    /// GET it for the build's output as chunked text; it replays from the start.
    package var outputStreamURL: String
    package var sourceBlob: SourceBlob
    @Nullable package var release: Reference?
    @Nullable package var slug: Reference?
    package var stack: String
    /// `pending`, `succeeded` or `failed`.
    package var status: String
    package var updatedAt: String
    package var user: AccountReference

    package init(
        app: Reference, buildpacks: [BuildpackReference]? = nil, createdAt: String, generation: String = "cedar",
        id: String, outputStreamURL: String, sourceBlob: SourceBlob, release: Reference? = nil, slug: Reference? = nil,
        stack: String, status: String, updatedAt: String, user: AccountReference
    ) {
        self.app = app
        self.buildpacks = buildpacks
        self.createdAt = createdAt
        self.generation = generation
        self.id = id
        self.outputStreamURL = outputStreamURL
        self.sourceBlob = sourceBlob
        self.release = release
        self.slug = slug
        self.stack = stack
        self.status = status
        self.updatedAt = updatedAt
        self.user = user
    }

    private enum CodingKeys: String, CodingKey {
        case app, buildpacks, generation, id, release, slug, stack, status, user
        case createdAt = "created_at"
        case outputStreamURL = "output_stream_url"
        case sourceBlob = "source_blob"
        case updatedAt = "updated_at"
    }
}
