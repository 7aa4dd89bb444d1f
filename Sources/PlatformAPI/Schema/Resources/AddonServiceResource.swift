/// A service that add-ons are made of. Source: the published Platform API schema, `add-on-service`.
package struct AddonServiceResource: Codable, Sendable, Equatable {
    @Nullable package var cliPluginName: String?
    package var createdAt: String
    package var humanName: String
    package var id: String
    package var name: String
    package var state: String
    package var supportedGenerations: [NamedReference]
    package var supportsMultipleInstallations: Bool
    package var supportsSharing: Bool
    package var updatedAt: String

    package init(
        createdAt: String, humanName: String, id: String, name: String, generation: NamedReference,
        supportsMultipleInstallations: Bool = true, supportsSharing: Bool = true
    ) {
        self.createdAt = createdAt
        self.humanName = humanName
        self.id = id
        self.name = name
        state = "ga"
        supportedGenerations = [generation]
        self.supportsMultipleInstallations = supportsMultipleInstallations
        self.supportsSharing = supportsSharing
        updatedAt = createdAt
    }

    private enum CodingKeys: String, CodingKey {
        case id, name, state
        case cliPluginName = "cli_plugin_name"
        case createdAt = "created_at"
        case humanName = "human_name"
        case supportedGenerations = "supported_generations"
        case supportsMultipleInstallations = "supports_multiple_installations"
        case supportsSharing = "supports_sharing"
        case updatedAt = "updated_at"
    }
}

/// A plan of a service. Source: the published Platform API schema, `plan`.
package struct PlanResource: Codable, Sendable, Equatable {
    package var addonService: NamedReference
    package var createdAt: String
    @Nullable package var compliance: [String]?
    package var isDefault: Bool
    package var description: String
    package var humanName: String
    package var id: String
    package var installableInsidePrivateNetwork: Bool
    package var installableOutsidePrivateNetwork: Bool
    /// `heroku-postgresql:essential-0`
    package var name: String
    package var price: Price
    package var spaceDefault: Bool
    package var state: String
    package var updatedAt: String
    package var visible: Bool

    package init(
        addonService: NamedReference, createdAt: String, isDefault: Bool, humanName: String, id: String, name: String
    ) {
        self.addonService = addonService
        self.createdAt = createdAt
        self.isDefault = isDefault
        description = "\(addonService.name) \(humanName)"
        self.humanName = humanName
        self.id = id
        installableInsidePrivateNetwork = true
        installableOutsidePrivateNetwork = true
        self.name = name
        price = .nothing
        spaceDefault = false
        state = "ga"
        updatedAt = createdAt
        visible = true
    }

    private enum CodingKeys: String, CodingKey {
        case compliance, description, id, name, price, state, visible
        case addonService = "addon_service"
        case createdAt = "created_at"
        case isDefault = "default"
        case humanName = "human_name"
        case installableInsidePrivateNetwork = "installable_inside_private_network"
        case installableOutsidePrivateNetwork = "installable_outside_private_network"
        case spaceDefault = "space_default"
        case updatedAt = "updated_at"
    }
}
