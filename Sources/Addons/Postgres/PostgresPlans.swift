internal import Model

/// The plans of Heroku Postgres, of every generation. Source: heroku-platform.md and "Choosing the Right Plan".
enum PostgresPlans {
    static let all: [AddonPlan] =
        [
            plan("essential-0", 20, bytes: 1 << 30, tables: 4000),
            plan("essential-1", 20, bytes: 10 << 30, tables: 4000),
            plan("essential-2", 40, bytes: 32 << 30, tables: 4000), plan("mini", 20, bytes: 1 << 30, rows: 10_000),
            plan("basic", 20, bytes: 10 << 30, rows: 10_000_000), plan("hobby-dev", 20, bytes: 1 << 30, rows: 10_000),
            plan("hobby-basic", 20, bytes: 10 << 30, rows: 10_000_000), plan("dev", 20, bytes: 1 << 30, rows: 10_000),
        ]
        + ["standard", "premium", "private", "shield"].flatMap { family in
            (0...9).map { plan("\(family)-\($0)", $0 == 0 ? 120 : $0 == 1 ? 400 : 500, bytes: storage[$0] << 30) }
        }

    private static let storage = [64, 64, 256, 512, 768, 1024, 1536, 2048, 3072, 4096]

    /// - Parameter connections: as many as the plan gives.
    private static func plan(
        _ name: String, _ connections: Int, bytes: Int, rows: Int? = nil, tables: Int? = nil
    ) -> AddonPlan {
        let words = name.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }
        var limits = ["connections": min(connections, PostgresCluster.maxConnections - 10), "bytes": bytes]
        limits["rows"] = rows
        limits["tables"] = tables
        return AddonPlan(name, words.joined(separator: " "), limits: limits)
    }

    static func connections(of plan: String) -> Int {
        all.first { $0.name == plan }?.limits["connections"] ?? 20
    }
}
