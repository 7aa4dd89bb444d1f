package import Model
internal import Posix

/// A database that another one is made from.
struct PostgresFork: Sendable {
    static let fork = "fork"
    static let follow = "follow"

    /// As the server names it.
    private let source: String
    private let label: String

    init?(_ options: [String: String]) {
        guard let (_, text) = Postgres.source(in: options) else { return nil }
        let parts = text.split(separator: " ", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return nil }
        (source, label) = (parts[0], parts[1])
    }

    /// What it has at this moment goes into the new database, which nobody knows of yet. Blocks.
    func fill(_ database: PostgresDatabase, in cluster: PostgresCluster) throws {
        let folder = "\(cluster.folder)/cache"
        let file = "\(folder)/\(database.name).dump"
        try FileTree.makeFolder(folder)
        // What it was for is there, or has failed.
        defer { try? FileTree.remove(file) }
        _ = try cluster.execute(
            "pg_dump", ["-F", "c", "--no-acl", "--no-owner", "--quote-all-identifiers", "-f", file], in: source)
        _ = try cluster.execute(
            "pg_restore",
            ["--no-acl", "--no-owner", "--role", database.role, "--exit-on-error", "-d", database.name, file],
            in: database.name)
    }

    static func message(_ options: [String: String]) -> String {
        guard let fork = PostgresFork(options) else { return "" }
        let copied = "It has what \(fork.label) had when it was made."
        return options[follow] == nil ? copied : "\(copied) It is a copy: databases don't follow each other here."
    }
}

extension Postgres {
    /// The option that names the database to make a new one from, and how it was named.
    package static func source(in options: [String: String]) -> (option: String, text: String)? {
        for option in [PostgresFork.fork, PostgresFork.follow] {
            if let text = options[option] { return (option, text) }
        }
        return nil
    }

    /// What that option has to be for a database of this server.
    package func forkOption(of source: Addon) throws -> String {
        "\(try PostgresDatabase(memory: source.memory).name) \(source.name)"
    }

    /// The queries that have taken the longest, as psql shows them.
    ///
    /// The statistics are of the whole server, and in a database of its own: what is copied and backed up has nothing of
    /// them.
    package func outliers(of addon: Addon, count: Int) async throws -> String {
        let (cluster, name) = (try await running(), try PostgresDatabase(memory: addon.memory).name)
        return try await pool.run {
            guard cluster.countsStatements else {
                throw AddonFailure.failed(
                    "Queries are not counted", reason: "This machine's PostgreSQL comes without pg_stat_statements")
            }
            try cluster.run(["CREATE EXTENSION IF NOT EXISTS pg_stat_statements"])
            return try cluster.execute("psql", ["-X", "-q", "-c", Self.outliers(in: name, count)], in: "postgres")
        }
    }

    private static func outliers(in database: String, _ count: Int) -> String {
        """
        SELECT interval '1 millisecond' * total_exec_time AS total_exec_time,
            to_char(total_exec_time * 100 / nullif(sum(total_exec_time) OVER (), 0), 'FM990D0') || '%' AS prop_exec_time,
            to_char(calls, 'FM999G999G999G990') AS ncalls,
            left(regexp_replace(query, '\\s+', ' ', 'g'), 200) AS query
        FROM pg_stat_statements
        WHERE dbid = (SELECT oid FROM pg_database WHERE datname = '\(database)')
        ORDER BY total_exec_time DESC LIMIT \(count)
        """
    }
}
