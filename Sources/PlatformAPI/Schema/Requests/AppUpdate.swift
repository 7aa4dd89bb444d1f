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

    /// Takes `maintenance` as 0 and 1 as well.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decodeIfPresent(String.self, forKey: .name)
        maintenance = try container.decodeFlag(forKey: .maintenance)
        buildStack = try container.decodeName(forKey: .buildStack)
    }

    private enum CodingKeys: String, CodingKey {
        case name, maintenance
        case buildStack = "build_stack"
    }
}
