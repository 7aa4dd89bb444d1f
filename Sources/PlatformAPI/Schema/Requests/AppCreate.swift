/// Body of `POST /apps`. What is absent gets a default: a random name, the only stack and region.
package struct AppCreate: Codable, Sendable, Equatable {
    package var name: String?
    package var region: String?
    package var stack: String?
    /// Not in v3: set with the app in one step, so that a bad name leaves no app behind.
    package var buildpacks: [String]?

    package init(
        name: String? = nil, region: String? = nil, stack: String? = nil, buildpacks: [String]? = nil
    ) {
        self.name = name
        self.region = region
        self.stack = stack
        self.buildpacks = buildpacks
    }
}
