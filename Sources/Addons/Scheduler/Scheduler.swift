package import Model

/// Heroku Scheduler: the jobs are the platform's own to keep and to run, so that there is nothing else to make.
package struct Scheduler: AddonProvider {
    package static let name = "scheduler"

    package init() {}

    package let service = AddonService(
        name: Scheduler.name, humanName: "Heroku Scheduler", stem: "scheduler", attachmentName: "SCHEDULER",
        furtherPrefix: "SCHEDULER", plans: [AddonPlan("standard", "Standard")], allowsSeveral: false,
        allowsSharing: false)

    package func provision(_ addon: Addon, options: [String: String]) async throws -> AddonHolding {
        AddonHolding(values: [:], message: "To manage scheduled jobs run:\npaas scheduler\n")
    }

    package func change(_ addon: Addon, to plan: AddonPlan) async throws -> AddonHolding {
        AddonHolding(values: addon.values, memory: addon.memory)
    }

    package func remove(_ addon: Addon) async throws {}

    package func servers(for addons: [Addon]) throws -> [ServerSpec] { [] }
}
