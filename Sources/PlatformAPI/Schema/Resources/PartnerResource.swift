/// Body of `POST /paas/v1/addon-providers`.
package struct PartnerCreate: Codable, Sendable, Equatable {
    /// The manifest's text.
    package var manifest: String
    /// Whether its production URLs are called rather than the test ones.
    package var production: Bool?

    package init(manifest: String, production: Bool) {
        self.manifest = manifest
        self.production = production
    }
}

/// A service that has been registered from its maker's manifest; without the secrets of that.
package struct PartnerResource: Codable, Sendable, Equatable {
    package var baseURL: String
    package var configVars: [String]
    package var id: String
    package var name: String
    /// How many add-ons there are of it.
    package var addons: Int

    package init(baseURL: String, configVars: [String], id: String, name: String, addons: Int) {
        self.baseURL = baseURL
        self.configVars = configVars
        self.id = id
        self.name = name
        self.addons = addons
    }

    private enum CodingKeys: String, CodingKey {
        case id, name, addons
        case baseURL = "base_url"
        case configVars = "config_vars"
    }
}

/// One config var of an add-on. Source: platform-api.md, "add-on-config".
package struct AddonConfigVar: Codable, Sendable, Equatable {
    package var name: String
    @Nullable package var value: String?

    package init(name: String, value: String?) {
        self.name = name
        self.value = value
    }
}

/// Body of `PATCH /addons/{addon}/config`.
package struct AddonConfigUpdate: Codable, Sendable, Equatable {
    package var config: [AddonConfigVar]?
}

/// What takes a browser to an add-on's provider. Source: platform-api.md, "add-on-sso".
package struct SignOnResource: Codable, Sendable, Equatable {
    package var action: String
    package var method: String
    package var params: [String: String]

    package init(action: String, method: String, params: [String: String]) {
        self.action = action
        self.method = method
        self.params = params
    }
}

/// What a provider gets for its grant. Source: "Add-on Partner API Reference", "Grant Code Exchange".
package struct PartnerAccessResource: Codable, Sendable, Equatable {
    package var accessToken: String
    package var expiresIn: Int
    package var refreshToken: String
    package var tokenType: String

    package init(accessToken: String, expiresIn: Int, refreshToken: String) {
        self.accessToken = accessToken
        self.expiresIn = expiresIn
        self.refreshToken = refreshToken
        tokenType = "Bearer"
    }

    private enum CodingKeys: String, CodingKey {
        case accessToken = "access_token"
        case expiresIn = "expires_in"
        case refreshToken = "refresh_token"
        case tokenType = "token_type"
    }
}
