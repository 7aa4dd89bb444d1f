internal import Model

/// Asks a database how it is. Source of the lines and their order: heroku-cli.md §14.1.
struct PostgresReport {
    private let version: String
    private let connections: Int
    private let bytes: Int
    private let tables: Int
    /// As PostgreSQL's statistics have it: counting would take as long as there are rows.
    private let rows: Int

    /// Blocks.
    init(of database: PostgresDatabase, in cluster: PostgresCluster) throws {
        let line = try cluster.run([Self.question], in: database.name)
        let fields = line.split(separator: "\n").first?.split(separator: "\t").map(String.init) ?? []
        guard fields.count == 5 else { throw AddonFailure.failed("PostgreSQL answered strangely", reason: line) }
        version = String(fields[0].prefix { $0 != " " })
        connections = Int(fields[1]) ?? 0
        bytes = Int(fields[2]) ?? 0
        tables = Int(fields[3]) ?? 0
        rows = Int(fields[4]) ?? 0
    }

    private static let question = """
        SELECT current_setting('server_version'),
            (SELECT count(*) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'),
            pg_database_size(current_database()),
            (SELECT count(*) FROM pg_stat_user_tables),
            (SELECT coalesce(sum(n_live_tup), 0) FROM pg_stat_user_tables)
        """

    func report(_ addon: Addon, plan: AddonPlan, _ database: PostgresDatabase, port: UInt16) -> DatabaseReport {
        DatabaseReport(
            databaseName: database.name, role: database.role, port: port, version: version, connections: connections,
            bytes: bytes, tables: tables, lines: lines(addon, plan))
    }

    private func lines(_ addon: Addon, _ plan: AddonPlan) -> [DatabaseReport.Line] {
        let most = plan.limits["bytes"] ?? 0
        let share = Double(bytes) * 100 / Double(max(1, most))
        let size = "\(Self.size(bytes)) / \(Self.size(most)) (\(Self.decimals(share, 2))%) \(Self.state(share <= 100))"
        var lines: [DatabaseReport.Line] = [
            .init("Plan", plan.humanName), .init("Status", "Available"),
            .init("Connections", "\(connections)/\(plan.limits["connections"] ?? 0)"), .init("PG Version", version),
            .init("Created", String(addon.createdAt.iso8601.replacing("T", with: " ").prefix(16))),
            .init("Data Size", size),
        ]
        if let most = plan.limits["rows"] { lines.append(.init("Rows", "\(rows)/\(most) \(Self.state(rows <= most))")) }
        let mostTables = plan.limits["tables"]
        lines.append(.init("Tables", mostTables.map { "\(tables)/\($0) \(Self.state(tables <= $0))" } ?? "\(tables)"))
        return lines + [
            .init("Fork/Follow", "Unsupported"), .init("Rollback", "Unsupported"),
            .init("Continuous Protection", "Off"),
        ]
    }

    private static func state(_ isFine: Bool) -> String { isFine ? "(In compliance)" : "(Above the plan's limit)" }

    /// `8.0 MB`, `1.00 GB`
    private static func size(_ bytes: Int) -> String {
        let megabytes = Double(bytes) / 1_048_576
        return megabytes < 1000 ? "\(decimals(megabytes, 1)) MB" : "\(decimals(megabytes / 1024, 2)) GB"
    }

    private static func decimals(_ value: Double, _ count: Int) -> String {
        let scale = count == 1 ? 10 : 100
        let whole = Int((value * Double(scale)).rounded())
        let rest = String(whole % scale)
        return "\(whole / scale)." + String(repeating: "0", count: count - rest.count) + rest
    }
}
