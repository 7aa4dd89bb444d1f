/// Where an add-on is attached. Source: the published Platform API schema, `add-on-attachment`.
package struct AddonAttachmentResource: Codable, Sendable, Equatable {
    /// The add-on with the app that owns it.
    package struct Owned: Codable, Sendable, Equatable {
        package var id: String
        package var name: String
        package var app: NamedReference
        package var plan: NamedReference

        package init(id: String, name: String, app: NamedReference, plan: NamedReference) {
            self.id = id
            self.name = name
            self.app = app
            self.plan = plan
        }
    }

    package var addon: Owned
    package var app: NamedReference
    package var createdAt: String
    package var id: String
    @Nullable package var logInputURL: String?
    package var name: String
    @Nullable package var namespace: String?
    package var updatedAt: String
    @Nullable package var webURL: String?
    /// The config vars that it sets; asked for by Heroku's CLI.
    package var configVars: [String]

    package init(
        addon: Owned, app: NamedReference, createdAt: String, id: String, name: String, configVars: [String]
    ) {
        self.addon = addon
        self.app = app
        self.createdAt = createdAt
        self.id = id
        self.name = name
        updatedAt = createdAt
        self.configVars = configVars
    }

    private enum CodingKeys: String, CodingKey {
        case addon, app, id, name, namespace
        case createdAt = "created_at"
        case logInputURL = "log_input_url"
        case updatedAt = "updated_at"
        case webURL = "web_url"
        case configVars = "config_vars"
    }
}
