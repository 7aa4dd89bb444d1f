/// A certificate that somebody brought for domains of an app; its key is never told.
///
/// Source: the published Platform API schema, `sni-endpoint`.
package struct SNIEndpointResource: Codable, Sendable, Equatable {
    /// PEM.
    package var certificateChain: String
    package var createdAt: String
    package var id: String
    package var name: String
    package var updatedAt: String
    @Nullable package var displayName: String?
    /// Ids.
    package var domains: [String]
    package var app: NamedReference
    package var sslCert: CertificateDetails

    package init(
        certificateChain: String, createdAt: String, id: String, name: String, updatedAt: String,
        displayName: String? = nil, domains: [String], app: NamedReference, sslCert: CertificateDetails
    ) {
        self.certificateChain = certificateChain
        self.createdAt = createdAt
        self.id = id
        self.name = name
        self.updatedAt = updatedAt
        self.displayName = displayName
        self.domains = domains
        self.app = app
        self.sslCert = sslCert
    }

    private enum CodingKeys: String, CodingKey {
        case id, name, domains, app
        case certificateChain = "certificate_chain"
        case createdAt = "created_at"
        case updatedAt = "updated_at"
        case displayName = "display_name"
        case sslCert = "ssl_cert"
    }
}

/// What a certificate says about itself.
package struct CertificateDetails: Codable, Sendable, Equatable {
    /// An authority that this machine trusts has signed it.
    package var isCASigned: Bool
    package var certDomains: [String]
    package var expiresAt: String
    package var issuer: String
    package var isSelfSigned: Bool
    package var startsAt: String
    package var subject: String
    package var id: String

    package init(
        isCASigned: Bool, certDomains: [String], expiresAt: String, issuer: String, isSelfSigned: Bool,
        startsAt: String, subject: String, id: String
    ) {
        self.isCASigned = isCASigned
        self.certDomains = certDomains
        self.expiresAt = expiresAt
        self.issuer = issuer
        self.isSelfSigned = isSelfSigned
        self.startsAt = startsAt
        self.subject = subject
        self.id = id
    }

    private enum CodingKeys: String, CodingKey {
        case issuer, subject, id
        case isCASigned = "ca_signed?"
        case certDomains = "cert_domains"
        case expiresAt = "expires_at"
        case isSelfSigned = "self_signed?"
        case startsAt = "starts_at"
    }
}
