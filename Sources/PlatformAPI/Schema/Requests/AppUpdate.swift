/// Body of `PATCH /apps/{app}`; what is absent stays.
package struct AppUpdate: Codable, Sendable, Equatable {
    package var name: String?
    package var maintenance: Bool?
    package var buildStack: String?

    package init(
        name: String? = nil, maintenance: Bool? = nil, buildStack: String? = nil
    ) {
        self.name = name
        self.maintenance = maintenance
        self.buildStack = buildStack
    }

    private enum CodingKeys: String, CodingKey {
        case name, maintenance
        case buildStack = "build_stack"
    }
}
