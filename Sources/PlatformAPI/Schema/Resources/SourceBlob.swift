/// Where the source of a build came from.
///
/// Source: the published Platform API schema, `build.source_blob`.
package struct SourceBlob: Codable, Sendable, Equatable {
    @Nullable package var checksum: String?
    package var url: String
    /// The full Git commit.
    @Nullable package var version: String?
    @Nullable package var versionDescription: String?

    package init(
        checksum: String? = nil, url: String, version: String? = nil, versionDescription: String? = nil
    ) {
        self.checksum = checksum
        self.url = url
        self.version = version
        self.versionDescription = versionDescription
    }

    private enum CodingKeys: String, CodingKey {
        case checksum, url, version
        case versionDescription = "version_description"
    }
}
