/// A built app, ready to run.
///
/// Source: the published Platform API schema, `slug`.
package struct SlugResource: Codable, Sendable, Equatable {
    package var blob: SlugBlob
    @Nullable package var buildpackProvidedDescription: String?
    @Nullable package var checksum: String?
    @Nullable package var commit: String?
    @Nullable package var commitDescription: String?
    package var createdAt: String
    package var id: String
    package var processTypes: [String: String]
    /// Bytes.
    @Nullable package var size: Int64?
    package var stack: NamedReference
    package var updatedAt: String
    @Nullable package var deletedAt: String?

    package init(
        blob: SlugBlob, buildpackProvidedDescription: String? = nil, checksum: String? = nil, commit: String? = nil,
        commitDescription: String? = nil, createdAt: String, id: String, processTypes: [String: String],
        size: Int64? = nil, stack: NamedReference, updatedAt: String, deletedAt: String? = nil
    ) {
        self.blob = blob
        self.buildpackProvidedDescription = buildpackProvidedDescription
        self.checksum = checksum
        self.commit = commit
        self.commitDescription = commitDescription
        self.createdAt = createdAt
        self.id = id
        self.processTypes = processTypes
        self.size = size
        self.stack = stack
        self.updatedAt = updatedAt
        self.deletedAt = deletedAt
    }

    private enum CodingKeys: String, CodingKey {
        case blob, checksum, commit, id, size, stack
        case buildpackProvidedDescription = "buildpack_provided_description"
        case commitDescription = "commit_description"
        case createdAt = "created_at"
        case processTypes = "process_types"
        case updatedAt = "updated_at"
        case deletedAt = "deleted_at"
    }
}
