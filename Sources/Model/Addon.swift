/// Something of a service (a database, say) that belongs to one app and is attached to it, and perhaps to others.
package struct Addon: Sendable, Equatable {
    /// How far it is; nobody but the conductor sees one that is not ``provisioned`` for longer than a command takes.
    package enum State: String, Sendable { case provisioning, provisioned, deprovisioning }

    package let id: AddonID
    /// The app that it was made for; it goes with that app.
    package let app: AppID
    /// `postgresql-parallel-56076`: unique among all add-ons.
    package var name: String
    /// ``AddonService/name``.
    package let service: String
    /// ``AddonPlan/name``, without the service's: `essential-0`.
    package var plan: String
    package var state: State
    /// What it tells apps, by the end of the config var's name: `URL` is `DATABASE_URL` where it is attached as `DATABASE`.
    package var values: [String: String]
    /// What its provider wants back with each request: names, ports, passwords.
    package var memory: [String: String]
    package let createdAt: Timestamp
    package var updatedAt: Timestamp

    package init(
        id: AddonID = AddonID(), app: AppID, name: String, service: String, plan: String,
        state: State = .provisioning, values: [String: String] = [:], memory: [String: String] = [:],
        createdAt: Timestamp, updatedAt: Timestamp
    ) {
        self.id = id
        self.app = app
        self.name = name
        self.service = service
        self.plan = plan
        self.state = state
        self.values = values
        self.memory = memory
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// An add-on in an app: the config vars that it sets there have the attachment's name in front.
package struct AddonAttachment: Sendable, Equatable {
    package let id: AttachmentID
    package let addon: AddonID
    package let app: AppID
    /// `DATABASE`, `HEROKU_POSTGRESQL_AMBER`: unique in its app.
    package let name: String
    package let createdAt: Timestamp

    package init(
        id: AttachmentID = AttachmentID(), addon: AddonID, app: AppID, name: String, createdAt: Timestamp
    ) {
        self.id = id
        self.addon = addon
        self.app = app
        self.name = name
        self.createdAt = createdAt
    }

    /// The config vars that the add-on sets through this attachment.
    package func config(_ addon: Addon) -> [String: String] {
        Dictionary(addon.values.map { (key(for: $0.key), $0.value) }, uniquingKeysWith: { $1 })
    }

    /// - Parameter ending: a key of ``Addon/values``; an empty one stands for the name alone.
    package func key(for ending: String) -> String { ending.isEmpty ? name : "\(name)_\(ending)" }
}

package typealias AddonID = Identifier<Addon>
package typealias AttachmentID = Identifier<AddonAttachment>

/// What a provider offers, as the catalogue shows it.
package struct AddonService: Sendable, Equatable {
    /// `heroku-postgresql`
    package let name: String
    /// `Heroku Postgres`
    package let humanName: String
    /// What names of its add-ons begin with: `postgresql`.
    package let stem: String
    /// What its first attachment in an app is called: `DATABASE`.
    package let attachmentName: String
    /// What stands before the colour in the name of a further one that nobody has named: `HEROKU_POSTGRESQL`.
    package let furtherPrefix: String
    /// The first one is the default.
    package let plans: [AddonPlan]
    /// Whether an app may have more than one.
    package let allowsSeveral: Bool
    /// Whether other apps than the one that owns it may have it too.
    package let allowsSharing: Bool
    /// Whether it has other plans than ``plans`` too, of whatever name.
    package let allowsAnyPlan: Bool

    package init(
        name: String, humanName: String, stem: String, attachmentName: String, furtherPrefix: String,
        plans: [AddonPlan], allowsSeveral: Bool = true, allowsSharing: Bool = true, allowsAnyPlan: Bool = false
    ) {
        self.name = name
        self.humanName = humanName
        self.stem = stem
        self.attachmentName = attachmentName
        self.furtherPrefix = furtherPrefix
        self.plans = plans
        self.allowsSeveral = allowsSeveral
        self.allowsSharing = allowsSharing
        self.allowsAnyPlan = allowsAnyPlan
    }

    package func plan(_ name: String) -> AddonPlan? {
        if let plan = plans.first(where: { $0.name == name }) { return plan }
        let isName =
            !name.isEmpty
            && name.utf8.allSatisfy { byte in
                (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || "-_.".utf8.contains(byte)
            }
        return allowsAnyPlan && isName ? AddonPlan(name, name) : nil
    }
}

/// One plan of a service. All of them cost nothing here.
package struct AddonPlan: Sendable, Equatable {
    /// `essential-0`
    package let name: String
    /// `Essential 0`
    package let humanName: String
    package let limits: [String: Int]

    /// - Parameter limits: numbers that the provider knows the meaning of: `connections`, `rows`, `bytes`.
    package init(_ name: String, _ humanName: String, limits: [String: Int] = [:]) {
        self.name = name
        self.humanName = humanName
        self.limits = limits
    }
}
