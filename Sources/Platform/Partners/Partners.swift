internal import Addons
package import Model
internal import Store

/// Services of other makers, registered from their manifests.
extension Platform {
    /// By id.
    package var partners: [PartnerView] { machines.addons.partners.all.map { PartnerView($0.manifest) } }

    /// Registers a service, or puts a new manifest in the place of the one that it has.
    ///
    /// - Parameter isProduction: whether its production URLs are called rather than the test ones.
    /// - Throws: ``ManifestError``, ``PartnerRefusal/builtIn(_:)``
    package func addPartner(_ text: [UInt8], isProduction: Bool) async throws -> PartnerView {
        let manifest = try PartnerManifest(text, isProduction: isProduction)
        guard !machines.addons.isBuiltIn(manifest.id) else { throw PartnerRefusal.builtIn(manifest.id) }
        let service = PartnerService(
            id: manifest.id, manifest: text, isProduction: isProduction, createdAt: machines.time.now())
        let partner = try partner(manifest)
        try await machines.store.write { try $0.put(service) }
        machines.addons.partners.put(partner)
        return PartnerView(manifest)
    }

    /// - Throws: ``PartnerRefusal/isUsed(_:_:)`` while there are add-ons of it.
    package func removePartner(_ id: String) async throws {
        guard machines.addons.partners[id] != nil else { throw PartnerRefusal.noSuchPartner(id) }
        let used = try await machines.store.write { transaction -> [String] in
            let used = try transaction.allAddons().filter { $0.service == id }.map(\.name)
            if used.isEmpty { try transaction.removePartnerService(id) }
            return used
        }
        guard used.isEmpty else { throw PartnerRefusal.isUsed(id, used) }
        machines.addons.partners.remove(id)
    }

    /// At the platform's start.
    func openPartners() async throws {
        for service in try await machines.store.read({ try $0.partnerServices() }) {
            // It was read when it was registered.
            let manifest = try PartnerManifest(service.manifest, isProduction: service.isProduction)
            machines.addons.partners.put(try partner(manifest))
        }
    }

    private func partner(_ manifest: PartnerManifest) throws -> Partner {
        guard let client = machines.addons.partners.client else { throw PartnerRefusal.noSuchPartner(manifest.id) }
        return Partner(manifest, client: client, platformURL: platformURL) { [machines] addon in
            try await machines.grant(for: addon)
        }
    }

    /// `http://api.localhost:8080`
    private var platformURL: String { "http://api.localhost\(settings.port == 80 ? "" : ":\(settings.port)")" }

    /// - Throws: ``PartnerRefusal/noPartner(_:)`` for an add-on of the platform's own services.
    func partner(of addon: Addon) throws -> Partner {
        guard let partner = machines.addons.partners[addon.service] else { throw PartnerRefusal.noPartner(addon.name) }
        return partner
    }

    /// What lets the platform's owner in at the add-on's provider; `nil` where it has no such page.
    package func signOn(to addon: Addon) async throws -> SignOnView? {
        let partner = try partner(of: addon)
        let account = try await account()
        let visitor = PartnerSignOn.Visitor(
            id: "\(account.id)", email: account.email, app: try await app("\(addon.app)").name.text)
        let signOn = try partner.signOn(to: addon, visitor, at: machines.time.now())
        return signOn.map { SignOnView(method: $0.method, action: $0.action, parameters: $0.parameters) }
    }

    /// Whether its provider has a page for the add-on.
    package func hasSignOn(_ addon: Addon) -> Bool { machines.addons.partners[addon.service]?.hasSignOn ?? false }
}

/// A registered service, without its secrets.
package struct PartnerView: Sendable {
    package let id: String
    package let name: String
    /// Where its add-ons are made.
    package let baseURL: String
    package let configVars: [String]

    init(_ manifest: PartnerManifest) {
        id = manifest.id
        name = manifest.name
        baseURL = manifest.baseURL
        configVars = manifest.configVars
    }
}

/// What a browser has to send so that a provider lets its owner in.
package struct SignOnView: Sendable {
    /// `post` or `get`.
    package let method: String
    package let action: String
    package let parameters: [String: String]
}

/// What is refused to owners and makers of services.
package enum PartnerRefusal: Explained {
    case builtIn(String)
    case noSuchPartner(String)
    case isUsed(String, [String])
    case noPartner(String)
    case badGrant(String)
    /// A token goes for one add-on alone, and for little of that.
    case notYours(String)

    package var explanation: Explanation {
        switch self {
        case .builtIn(let id):
            Explanation(
                "\(id) can't be registered", because: "A service of that name comes with the platform.",
                mend: ["Give the manifest another id: \(id)-staging"], id: .conflict)
        case .noSuchPartner(let id):
            Explanation(
                "Couldn't find that provider (\(id)).", because: "Nobody has registered it.",
                mend: ["paas addons:provider"], id: .notFound)
        case .isUsed(let id, let names):
            Explanation(
                "\(id) can't be removed", because: "There are add-ons of it: \(names.joined(separator: ", ")).",
                mend: names.map { "paas addons:destroy \($0)" }, id: .conflict)
        case .noPartner(let name):
            Explanation("\(name) is no add-on of a registered service.", mend: ["paas addons:provider"], id: .forbidden)
        case .badGrant(let reason): Explanation("No token was given", because: reason, id: .unauthorized)
        case .notYours(let name):
            Explanation(
                "That is not for this token", because: "It goes for the add-on \(name) alone.", id: .forbidden)
        }
    }
}
