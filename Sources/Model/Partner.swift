/// A service that the platform's owner has registered from its maker's manifest.
package struct PartnerService: Sendable, Equatable {
    /// ``AddonService/name``
    package let id: String
    /// The manifest as it was given, secrets and all.
    package let manifest: [UInt8]
    /// Whether its maker's production URLs are called rather than the test ones.
    package let isProduction: Bool
    package let createdAt: Timestamp

    package init(id: String, manifest: [UInt8], isProduction: Bool, createdAt: Timestamp) {
        self.id = id
        self.manifest = manifest
        self.isProduction = isProduction
        self.createdAt = createdAt
    }
}

/// What a provider shows when it calls the platform about one of its add-ons. Only the digest is kept.
package struct PartnerToken: Sendable, Equatable {
    package enum Kind: String, Sendable {
        /// Exchanged once for the two others.
        case grant
        case access
        /// Gets further access tokens.
        case refresh
    }

    package let addon: AddonID
    package let kind: Kind
    package let digest: String
    /// `nil` for never.
    package let expiresAt: Timestamp?

    package init(addon: AddonID, kind: Kind, digest: String, expiresAt: Timestamp?) {
        self.addon = addon
        self.kind = kind
        self.digest = digest
        self.expiresAt = expiresAt
    }
}
