internal import Model

/// Asks a Redis how it is. Source of the lines: heroku-cli.md §15.
struct RedisReport {
    private let facts: [String: String]
    private let policy: String
    private let timeout: Int
    private let port: UInt16

    /// Blocks.
    init(_ server: RedisServer) throws {
        let pairs = try server.ask(["INFO"]).split(whereSeparator: \.isNewline).compactMap { line in
            line.firstIndex(of: ":").map { (String(line[..<$0]), String(line[line.index(after: $0)...])) }
        }
        facts = Dictionary(pairs, uniquingKeysWith: { $1 })
        policy = try Self.setting("maxmemory-policy", server)
        timeout = Int(try Self.setting("timeout", server)) ?? 0
        port = server.port
    }

    private static func setting(_ name: String, _ server: RedisServer) throws -> String {
        let lines = try server.ask(["CONFIG", "GET", name]).split(whereSeparator: \.isNewline)
        return lines.count > 1 ? String(lines[1]) : ""
    }

    func report(_ addon: Addon, _ plan: AddonPlan) -> StoreReport {
        let version = facts["redis_version"] ?? "?"
        let created = String(addon.createdAt.iso8601.replacing("T", with: " ").prefix(16))
        return StoreReport(
            port: port, version: version,
            lines: [
                .init("Plan", plan.humanName), .init("Status", "available"), .init("Created", created),
                .init("Version", version), .init("Timeout", "\(timeout)"), .init("Maxmemory", policy),
                .init("Maxclients", "\(plan.limits["connections"] ?? 0)"),
                .init("Connections", facts["connected_clients"].flatMap { Int($0) }.map { "\(max(0, $0 - 1))" } ?? "?"),
                .init("Used Memory", facts["used_memory_human"] ?? "?"), .init("Persistence", "AOF off, RDB on"),
            ], maxmemoryPolicy: policy, timeout: timeout)
    }
}
