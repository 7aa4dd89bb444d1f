/// The person who uses the platform; there is one.
///
/// Source: the published Platform API schema, `account`.
package struct AccountResource: Codable, Sendable, Equatable {
    package var allowTracking: Bool
    package var beta: Bool
    package var createdAt: String
    package var email: String
    package var federated: Bool
    package var id: String
    @Nullable package var identityProvider: NamedReference?
    @Nullable package var lastLogin: String?
    @Nullable package var name: String?
    @Nullable package var smsNumber: String?
    @Nullable package var suspendedAt: String?
    @Nullable package var delinquentAt: String?
    package var twoFactorAuthentication: Bool
    package var updatedAt: String
    package var verified: Bool
    @Nullable package var countryOfResidence: String?
    @Nullable package var defaultOrganization: NamedReference?
    @Nullable package var defaultTeam: NamedReference?

    package init(
        allowTracking: Bool = false, beta: Bool = false, createdAt: String, email: String, federated: Bool = false,
        id: String, identityProvider: NamedReference? = nil, lastLogin: String? = nil, name: String? = nil,
        smsNumber: String? = nil, suspendedAt: String? = nil, delinquentAt: String? = nil,
        twoFactorAuthentication: Bool = false, updatedAt: String, verified: Bool = true,
        countryOfResidence: String? = nil, defaultOrganization: NamedReference? = nil,
        defaultTeam: NamedReference? = nil
    ) {
        self.allowTracking = allowTracking
        self.beta = beta
        self.createdAt = createdAt
        self.email = email
        self.federated = federated
        self.id = id
        self.identityProvider = identityProvider
        self.lastLogin = lastLogin
        self.name = name
        self.smsNumber = smsNumber
        self.suspendedAt = suspendedAt
        self.delinquentAt = delinquentAt
        self.twoFactorAuthentication = twoFactorAuthentication
        self.updatedAt = updatedAt
        self.verified = verified
        self.countryOfResidence = countryOfResidence
        self.defaultOrganization = defaultOrganization
        self.defaultTeam = defaultTeam
    }

    private enum CodingKeys: String, CodingKey {
        case beta, email, federated, id, name, verified
        case allowTracking = "allow_tracking"
        case createdAt = "created_at"
        case identityProvider = "identity_provider"
        case lastLogin = "last_login"
        case smsNumber = "sms_number"
        case suspendedAt = "suspended_at"
        case delinquentAt = "delinquent_at"
        case twoFactorAuthentication = "two_factor_authentication"
        case updatedAt = "updated_at"
        case countryOfResidence = "country_of_residence"
        case defaultOrganization = "default_organization"
        case defaultTeam = "default_team"
    }
}
