internal import Addons
package import Model
internal import Store

extension Machines {
    /// What a provider gets with the request for a new add-on. Source: "Add-on Partner API Reference": good once, for 5
    /// minutes.
    func grant(for addon: AddonID) async throws -> Partner.Grant {
        let now = time.now()
        let expires = now.adding(.seconds(300))
        let code = try await token(.grant, for: addon, until: expires)
        return Partner.Grant(code: code, expiresAt: expires)
    }

    /// Makes a token; only its digest is kept.
    fileprivate func token(_ kind: PartnerToken.Kind, for addon: AddonID, until end: Timestamp?) async throws -> String
    {
        let now = time.now()
        let text = "\(Identifier<PartnerToken>())"
        let token = PartnerToken(addon: addon, kind: kind, digest: Digest(of: [text]).hex, expiresAt: end)
        try await store.write { try $0.insert(token, at: now) }
        return text
    }
}

/// What a provider gets for a grant.
package struct PartnerAccess: Sendable {
    package let access: String
    package let refresh: String
    package let seconds: Int
}

extension Platform {
    /// Gives tokens for a grant's code, or a new one for a token that may ask for that.
    ///
    /// - Throws: ``PartnerRefusal/badGrant(_:)``
    package func exchange(
        _ kind: PartnerToken.Kind, _ text: String, clientSecret: String
    ) async throws -> PartnerAccess {
        let digest = Digest(of: [text]).hex
        let now = machines.time.now()
        let found = try await machines.store.read { transaction -> (PartnerToken, Addon)? in
            guard let token = try transaction.partnerToken(digest: digest), token.kind == kind,
                token.expiresAt.map({ $0 > now }) ?? true, let addon = try transaction.addon(token.addon)
            else { return nil }
            return (token, addon)
        }
        guard let (token, addon) = found else {
            throw PartnerRefusal.badGrant("It is known to nobody, was used already, or is over.")
        }
        guard try partner(of: addon).isClientSecret(clientSecret) else {
            throw PartnerRefusal.badGrant(
                "The client_secret is neither the manifest's api.client_secret nor, without one, its api.password.")
        }
        if kind == .grant {
            // Of two that come at once one has it.
            let isMine = try await machines.store.write { transaction in
                guard try transaction.partnerToken(digest: digest) != nil else { return false }
                try transaction.removePartnerToken(digest: digest)
                return true
            }
            guard isMine else { throw PartnerRefusal.badGrant("It was used already.") }
        }
        let access = try await machines.token(
            .access, for: token.addon, until: now.adding(.seconds(Self.accessSeconds)))
        let refresh = kind == .refresh ? text : try await machines.token(.refresh, for: token.addon, until: nil)
        return PartnerAccess(access: access, refresh: refresh, seconds: Self.accessSeconds)
    }

    /// Source: "Add-on Partner API Reference", "Grant Code Exchange".
    private static let accessSeconds = 28_800

    /// The add-on that whoever has this token speaks for.
    package func addon(accessToken text: String) async throws -> Addon? {
        let (digest, now) = (Digest(of: [text]).hex, machines.time.now())
        return try await machines.store.read { transaction in
            guard let token = try transaction.partnerToken(digest: digest), token.kind == .access,
                token.expiresAt.map({ $0 > now }) ?? true
            else { return nil }
            return try transaction.addon(token.addon)
        }
    }
}
