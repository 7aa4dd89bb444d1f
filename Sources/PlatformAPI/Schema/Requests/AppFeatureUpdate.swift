/// Body of `PATCH /apps/{app}/features/{feature}`.
package struct AppFeatureUpdate: Codable, Sendable, Equatable {
    package var enabled: Bool

    package init(
        enabled: Bool
    ) {
        self.enabled = enabled
    }
}
