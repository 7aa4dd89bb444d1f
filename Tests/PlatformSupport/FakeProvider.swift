package import Addons
package import Model
internal import Synchronization

/// A service without servers: it remembers what it was asked for.
package final class FakeProvider: AddonProvider {
    package struct Refusal: Explained {
        package init() {}
        package var explanation: Explanation { Explanation("The cabinet is locked", id: .unavailable) }
    }

    package let service = AddonService(
        name: "cabinet", humanName: "Cabinet", stem: "cabinet", attachmentName: "CABINET", furtherPrefix: "CABINET",
        plans: [AddonPlan("small", "Small"), AddonPlan("large", "Large")])

    private struct State {
        var made: [String] = []
        var removed: [String] = []
        var reinstated: [String] = []
        var refuses = false
    }
    private let state = Mutex(State())

    package init() {}

    /// Names of the add-ons, in the order in which they were made or removed.
    package var made: [String] { state.withLock { $0.made } }
    package var removed: [String] { state.withLock { $0.removed } }

    /// Those that were told to go by what is remembered.
    package var reinstated: [String] { state.withLock { $0.reinstated } }

    /// From now on nothing is made or changed.
    package func refuse() { state.withLock { $0.refuses = true } }

    package func provision(_ addon: Addon, options: [String: String]) async throws -> AddonHolding {
        try state.withLock { state in
            if state.refuses { throw Refusal() }
            state.made.append(addon.name)
        }
        return AddonHolding(
            values: ["URL": "cabinet://\(addon.name)", "KEY": options["key"] ?? "0"], memory: ["drawer": addon.name],
            message: "Mind the step")
    }

    package func change(_ addon: Addon, to plan: AddonPlan) async throws -> AddonHolding {
        if state.withLock({ $0.refuses }) { throw Refusal() }
        return AddonHolding(values: addon.values, memory: addon.memory)
    }

    package func reinstate(_ addon: Addon) async throws { state.withLock { $0.reinstated.append(addon.name) } }

    package func remove(_ addon: Addon) async throws { state.withLock { $0.removed.append(addon.name) } }

    package func servers(for addons: [Addon]) throws -> [ServerSpec] { [] }
}
