internal import APISchema
internal import Model

/// Ids of what is the same everywhere and for good, so that clients may remember them.
enum FixedID {
    static let stack = "6a1b5c9e-24aa-4f0e-9c4b-0d3c1f5e2400"
    static let cedar = "6a1b5c9e-24aa-4f0e-9c4b-0d3c1f5e2401"
    static let region = "6a1b5c9e-24aa-4f0e-9c4b-0d3c1f5e2402"

    static func of(_ feature: AppFeature) -> String { made(from: "app-feature/\(feature.rawValue)") }
    static func of(_ size: DynoSize) -> String { made(from: "dyno-size/\(size.name)") }

    static func of(_ service: AddonService) -> String { made(from: "addon-service/\(service.name)") }
    static func of(_ plan: AddonPlan, of service: AddonService) -> String {
        made(from: "plan/\(service.name):\(plan.name)")
    }

    /// Of the app's `NAME.localhost`, whatever its name.
    static func ofOwnDomain(_ app: AppID) -> String { made(from: "domain/\(app)") }

    /// Of what an SNI endpoint shows.
    static func ofCertificate(_ endpoint: SNIEndpointID) -> String { made(from: "ssl-cert/\(endpoint)") }

    /// A UUID whose last 48 bits follow from the name.
    private static func made(from name: String) -> String {
        let digits = String(EntityTag.hash(name.utf8) & 0xFFFF_FFFF_FFFF, radix: 16)
        return "6a1b5c9e-24aa-4f0e-9c4b-" + String(repeating: "0", count: 12 - digits.count) + digits
    }
}

extension NamedReference {
    static let stack = NamedReference(id: FixedID.stack, name: "heroku-24")
    static let cedar = NamedReference(id: FixedID.cedar, name: "cedar")
    static let local = NamedReference(id: FixedID.region, name: "us")

    init(_ size: DynoSize) { self.init(id: FixedID.of(size), name: size.name) }

    /// Whether a path means this one: by its id, or by its name in any case.
    func isMeant(by text: String) -> Bool { text == id || text.lowercased() == name.lowercased() }
}
