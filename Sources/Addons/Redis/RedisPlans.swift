internal import Model

/// The plans of Heroku Key-Value Store, of every generation. Source: heroku-cli.md §15 and the published plans.
enum RedisPlans {
    static let all: [AddonPlan] =
        [plan("mini", 25, 20), plan("hobby-dev", 25, 20)]
        + ["premium", "private", "shield"].flatMap { family in
            sizes.enumerated().map { plan("\(family)-\($0.offset)", $0.element.megabytes, $0.element.connections) }
        }

    private static let sizes: [(megabytes: Int, connections: Int)] = [
        (50, 40), (100, 80), (250, 200), (500, 400), (1024, 1000), (1536, 1500), (2048, 2000), (7168, 7000),
        (10_240, 10_000), (25_600, 25_000),
    ]

    private static func plan(_ name: String, _ megabytes: Int, _ connections: Int) -> AddonPlan {
        let words = name.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }
        return AddonPlan(
            name, words.joined(separator: " "), limits: ["bytes": megabytes << 20, "connections": connections])
    }
}
