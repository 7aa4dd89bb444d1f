/// Body of `PATCH /apps/{app}/features/{feature}`.
package struct AppFeatureUpdate: Codable, Sendable, Equatable {
    package var enabled: Bool

    package init(
        enabled: Bool
    ) {
        self.enabled = enabled
    }

    /// Takes 0 and 1 as well.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        guard let enabled = try container.decodeFlag(forKey: .enabled) else {
            throw DecodingError.keyNotFound(
                CodingKeys.enabled, .init(codingPath: container.codingPath, debugDescription: ""))
        }
        self.enabled = enabled
    }

    private enum CodingKeys: String, CodingKey { case enabled }
}
