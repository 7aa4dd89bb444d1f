package import Model

/// Whoever makes, changes and ends the add-ons of one service.
///
/// A provider keeps what is on the disk and in its servers; what the platform has to remember it gives back.
package protocol AddonProvider: Sendable {
    var service: AddonService { get }

    /// Makes what the add-on stands for.
    ///
    /// - Parameter options: what stood behind `--` at `addons:create`.
    /// - Throws: an `Explained`; nothing is left then.
    func provision(_ addon: Addon, options: [String: String]) async throws -> AddonHolding

    /// Has it be of another plan of the same service, with everything that is in it.
    func change(_ addon: Addon, to plan: AddonPlan) async throws -> AddonHolding

    /// Ends it with everything that is in it. Called again when it did not come to its end, also for one of which
    /// there is nothing.
    func remove(_ addon: Addon) async throws

    /// Has its servers know it as ``Addon/memory`` does: a change came to no end. What it keeps stays.
    func reinstate(_ addon: Addon) async throws

    /// The servers that have to run for these add-ons to work; called at the platform's start.
    func servers(for addons: [Addon]) throws -> [ServerSpec]

    /// What `addons:open` shows, where the provider has something of its own to show.
    func page(of addon: Addon) -> String?
}

extension AddonProvider {
    /// Most have nothing that could know it otherwise.
    package func reinstate(_ addon: Addon) async throws {}

    package func page(of addon: Addon) -> String? { nil }
}

/// What a provider tells of an add-on that it has made.
package struct AddonHolding: Sendable, Equatable {
    /// ``Addon/values``
    package var values: [String: String]
    /// ``Addon/memory``
    package var memory: [String: String]
    /// A sentence for the person who asked; empty for none.
    package var message: String
    /// Another plan, where that has changed.
    package var plan: String?
    /// Whether it is still being made: its provider says when it is there.
    package var isPending = false

    package init(values: [String: String], memory: [String: String] = [:], message: String = "") {
        self.values = values
        self.memory = memory
        self.message = message
    }
}

/// Every service that is offered here.
package struct AddonCatalogue: Sendable {
    private let builtIn: [any AddonProvider]
    /// Services of other makers.
    package let partners: Partners
    /// These are built in, too; they have more to offer than add-ons' life.
    package let postgres: Postgres?
    package let redis: Redis?
    package let mail: Mail?

    package init(
        _ providers: [any AddonProvider] = [], postgres: Postgres? = nil, redis: Redis? = nil, mail: Mail? = nil,
        partners: Partners = Partners()
    ) {
        builtIn =
            providers + (postgres.map { [$0] } ?? []) + (redis.map { [$0] } ?? []) + (mail?.services ?? [])
        self.postgres = postgres
        self.redis = redis
        self.mail = mail
        self.partners = partners
    }

    private var providers: [any AddonProvider] { builtIn + partners.all }

    /// Whether a service of that name comes with the platform.
    package func isBuiltIn(_ service: String) -> Bool {
        let name = Self.otherNames[service] ?? service
        return builtIn.contains { $0.service.name == name }
    }

    /// By name.
    package var services: [AddonService] { providers.map(\.service).sorted { $0.name < $1.name } }

    package func provider(of service: String) -> (any AddonProvider)? {
        let name = Self.otherNames[service] ?? service
        return providers.first { $0.service.name == name }
    }

    /// What Heroku calls the same thing too.
    private static let otherNames = ["postgresql": "heroku-postgresql", "heroku-kvstore": "heroku-redis"]

    /// The servers that have to run for these add-ons to work. A service whose programs are gone has none, and keeps no
    /// other from running; whoever asks for it is told.
    package func servers(for addons: [Addon]) -> [ServerSpec] {
        let all = providers.flatMap { provider in
            (try? provider.servers(for: addons.filter { $0.service == provider.service.name })) ?? []
        }
        // Several services may share one.
        var keys: Set<String> = []
        return all.filter { keys.insert($0.key).inserted }
    }
}
