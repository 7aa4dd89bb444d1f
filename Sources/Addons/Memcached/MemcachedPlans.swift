internal import Model

/// The plans of MemCachier: each is called by its memory in megabytes, except for the smallest.
enum MemcachedPlans {
    static let all: [AddonPlan] =
        [plan("dev", "Developer", megabytes: 25)]
        + [100, 250, 500, 1000, 2000, 5000, 7500, 10_000, 20_000, 50_000, 100_000].map {
            plan("\($0)", "\($0) MB", megabytes: $0)
        }

    private static func plan(_ name: String, _ humanName: String, megabytes: Int) -> AddonPlan {
        AddonPlan(name, humanName, limits: ["bytes": megabytes << 20])
    }
}
