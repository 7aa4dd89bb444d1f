/// An add-on. Source: the published Platform API schema, `add-on`.
package struct AddonResource: Codable, Sendable, Equatable {
    package var actions: [String]
    package var addonService: NamedReference
    package var app: NamedReference
    package var billedPrice: Price
    package var billingEntity: BillingEntity
    /// The names of the config vars that it sets in the app that owns it.
    package var configVars: [String]
    package var createdAt: String
    package var id: String
    package var name: String
    package var plan: AddonPlanReference
    package var providerID: String
    package var provisionMessage: String
    /// `provisioning`, `provisioned` or `deprovisioned`.
    package var state: String
    package var updatedAt: String
    @Nullable package var webURL: String?

    package init(
        addonService: NamedReference, app: NamedReference, configVars: [String], createdAt: String, id: String,
        name: String, plan: AddonPlanReference, provisionMessage: String, state: String, updatedAt: String,
        webURL: String?
    ) {
        actions = []
        self.addonService = addonService
        self.app = app
        billedPrice = .nothing
        billingEntity = BillingEntity(id: app.id, name: app.name, type: "app")
        self.configVars = configVars
        self.createdAt = createdAt
        self.id = id
        self.name = name
        self.plan = plan
        providerID = id
        self.provisionMessage = provisionMessage
        self.state = state
        self.updatedAt = updatedAt
        self.webURL = webURL
    }

    private enum CodingKeys: String, CodingKey {
        case actions, app, id, name, plan, state
        case addonService = "addon_service"
        case billedPrice = "billed_price"
        case billingEntity = "billing_entity"
        case configVars = "config_vars"
        case createdAt = "created_at"
        case providerID = "provider_id"
        case provisionMessage = "provision_message"
        case updatedAt = "updated_at"
        case webURL = "web_url"
    }
}

/// What something costs: nothing, here.
package struct Price: Codable, Sendable, Equatable {
    package var cents: Int
    package var contract: Bool
    package var unit: String

    package static let nothing = Price(cents: 0, contract: false, unit: "month")
}

/// Who pays for an add-on.
package struct BillingEntity: Codable, Sendable, Equatable {
    package var id: String
    package var name: String
    package var type: String
}

/// A plan, by id and whole name (`heroku-postgresql:essential-0`), with its price: Heroku's CLI asks for that, too.
package struct AddonPlanReference: Codable, Sendable, Equatable {
    package var id: String
    package var name: String
    package var price: Price

    package init(id: String, name: String) {
        self.id = id
        self.name = name
        price = .nothing
    }
}
