internal import Model

/// The plans of the services that are MariaDB here. Those that were shared servers have few connections.
enum MariaDBPlans {
    static let jawsDB: [AddonPlan] =
        [plan("kitefin", 10), plan("leopard", 30), plan("blacktip", 40), plan("whitetip", 60)]
        + large("reef lemon bull mako tiger hammerhead thresher great-white goblin whale megalodon")

    static let clearDB: [AddonPlan] =
        [plan("ignite", 10), plan("punch", 15), plan("drift", 30), plan("scream", 40)]
        + large("jolt flare grid spark dynamo")

    /// What one role may have; the server has room for more, also for the platform itself.
    static let most = 200

    private static func large(_ names: String) -> [AddonPlan] {
        names.split(separator: " ").map { plan(String($0), most) }
    }

    private static func plan(_ name: String, _ connections: Int) -> AddonPlan {
        let words = name.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }
        return AddonPlan(name, words.joined(separator: " "), limits: ["connections": connections])
    }
}
