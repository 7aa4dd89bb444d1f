internal import HTTPSecure
package import Model

/// What a browser brings to a provider so that it lets its owner in. Source: "Add-on Single Sign-on" of Heroku's Dev
/// Center, and platform-api.md, "add-on-sso".
package struct PartnerSignOn: Sendable, Equatable {
    /// Who signs on, and where from.
    package struct Visitor: Sendable {
        package var id: String
        package var email: String
        /// The app that owns the add-on.
        package var app: String

        package init(id: String, email: String, app: String) {
            self.id = id
            self.email = email
            self.app = app
        }
    }

    /// `post` or `get`.
    package let method: String
    package let action: String
    package let parameters: [String: String]

    init(
        _ addon: Addon, _ manifest: PartnerManifest, _ way: PartnerManifest.SignOn, _ visitor: Visitor,
        at time: Timestamp
    )
        throws
    {
        let seconds = "\(time.microseconds / 1_000_000)"
        let provider = addon.memory["provider"] ?? ""
        func token(_ id: String) throws -> String { try Fingerprint.sha1("\(id):\(manifest.salt):\(seconds)") }
        var scoped = Digest()
        scoped.feed(Array("\(addon.id):\(manifest.salt):\(seconds):\(visitor.id):\(visitor.email)".utf8))
        let nav = JSONValue.object([
            "addon": .text(manifest.name), "appname": .text(visitor.app), "email": .text(visitor.email),
        ])
        method = way.method.rawValue
        action = way.method == .get ? way.address.appending("\(addon.id)").text : way.address.text
        parameters = [
            "id": provider, "token": try token(provider), "resource_id": "\(addon.id)",
            "resource_token": try token("\(addon.id)"), "user_scoped_resource_token": scoped.hex, "timestamp": seconds,
            "nav-data": Base64.encodeForURL(nav.encoded.utf8), "email": visitor.email, "user_id": visitor.id,
            "app": visitor.app, "context_app": visitor.app,
        ]
    }
}

extension Partner {
    /// Whether its manifest has single sign-on.
    package var hasSignOn: Bool { manifest.signOn != nil }

    /// - Returns: `nil` where the manifest has no single sign-on.
    package func signOn(
        to addon: Addon, _ visitor: PartnerSignOn.Visitor, at time: Timestamp
    ) throws -> PartnerSignOn? {
        try manifest.signOn.map { try PartnerSignOn(addon, manifest, $0, visitor, at: time) }
    }
}
