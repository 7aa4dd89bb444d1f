package import Model
package import Posix
internal import Synchronization

/// Heroku Postgres: a role and a database for each add-on, all in one PostgreSQL server that starts with the first.
package final class Postgres: AddonProvider {
    private let folder: String
    private let searchPath: String
    private let servers: Servers
    let pool: BlockingPool
    /// What was found when it was asked for last.
    private let remembered = Mutex<PostgresCluster?>(nil)

    /// - Parameters:
    ///   - folder: `addons` of the home; what this provider keeps is in `postgresql` there.
    ///   - searchPath: the owner's PATH, where PostgreSQL is looked for besides Debian's and Homebrew's folders.
    package init(folder: String, searchPath: String, servers: Servers, pool: BlockingPool) {
        self.folder = "\(folder)/\(PostgresCluster.key)"
        self.searchPath = searchPath
        self.servers = servers
        self.pool = pool
    }

    package let service = AddonService(
        name: "heroku-postgresql", humanName: "Heroku Postgres", stem: "postgresql", attachmentName: "DATABASE",
        furtherPrefix: "HEROKU_POSTGRESQL", plans: PostgresPlans.all)

    // MARK: Life

    package func provision(_ addon: Addon, options: [String: String]) async throws -> AddonHolding {
        if let unknown = options.keys.first(where: { !Self.options.contains($0) }) {
            throw PostgresError.noSuchOption(unknown)
        }
        let cluster = try await running(isFirst: true)
        let database = PostgresDatabase(of: addon, password: try Secret.make(32))
        let limit = PostgresPlans.connections(of: addon.plan)
        return try await pool.run {
            do {
                try cluster.run(database.roleStatements(connections: limit))
                try cluster.run(database.statements)
                if let source = PostgresFork(options) { try source.fill(database, in: cluster) }
            } catch {
                // What went wrong is told; what could not be taken back is of no use to anybody.
                _ = try? cluster.run(database.removal)
                throw error
            }
            return AddonHolding(
                values: ["URL": database.url(port: cluster.port)], memory: database.memory,
                message: PostgresFork.message(options))
        }
    }

    /// The first two ask for what every database here is anyway.
    private static let options: Set<String> = ["region", "wait", PostgresFork.fork, PostgresFork.follow]

    package func change(_ addon: Addon, to plan: AddonPlan) async throws -> AddonHolding {
        let cluster = try await running()
        let database = try PostgresDatabase(memory: addon.memory)
        try await pool.run {
            _ = try cluster.run([
                "ALTER ROLE \(database.role) CONNECTION LIMIT \(PostgresPlans.connections(of: plan.name))"
            ])
        }
        return AddonHolding(values: addon.values, memory: addon.memory)
    }

    package func remove(_ addon: Addon) async throws {
        // Without a cluster, or without its data, there is nothing left of it.
        guard PostgresCluster.hasData(in: folder) else { return }
        // One that was never whole remembers nothing.
        let database = (try? PostgresDatabase(memory: addon.memory)) ?? PostgresDatabase(of: addon, password: "")
        let cluster = try await running()
        try await pool.run { _ = try cluster.run(database.removal) }
    }

    package func servers(for addons: [Addon]) throws -> [ServerSpec] {
        guard !addons.isEmpty, PostgresCluster.hasData(in: folder) else { return [] }
        return [try found().server(pool)]
    }

    // MARK: What is in it

    /// How it is, as `pg:info` shows it.
    package func report(_ addon: Addon) async throws -> DatabaseReport {
        let cluster = try await running()
        let database = try PostgresDatabase(memory: addon.memory)
        let plan = service.plan(addon.plan) ?? service.plans[0]
        return try await pool.run {
            try PostgresReport(of: database, in: cluster).report(addon, plan: plan, database, port: cluster.port)
        }
    }

    /// Throws everything in it away; whoever is connected is thrown out.
    package func reset(_ addon: Addon) async throws {
        let cluster = try await running()
        let database = try PostgresDatabase(memory: addon.memory)
        try await pool.run {
            let fresh = database.beside
            try cluster.run([fresh.drop] + fresh.statements)
            try Self.replace(database, in: cluster)
            try cluster.run(["ALTER ROLE \(database.role) RESET ALL"])
        }
    }

    /// Another password; whoever is connected with the old one is thrown out.
    package func rotate(_ addon: Addon) async throws -> AddonHolding {
        let cluster = try await running()
        var database = try PostgresDatabase(memory: addon.memory)
        database.password = try Secret.make(32)
        let changed = database
        return try await pool.run {
            try cluster.run([
                "ALTER ROLE \(changed.role) PASSWORD '\(changed.password)'", changed.ending,
            ])
            return AddonHolding(values: ["URL": changed.url(port: cluster.port)], memory: changed.memory)
        }
    }

    /// Ends every connection to it.
    package func endConnections(_ addon: Addon) async throws {
        let cluster = try await running()
        let database = try PostgresDatabase(memory: addon.memory)
        try await pool.run { _ = try cluster.run([database.ending]) }
    }

    package func reinstate(_ addon: Addon) async throws {
        let cluster = try await running()
        let database = try PostgresDatabase(memory: addon.memory)
        try await pool.run { _ = try cluster.run(["ALTER ROLE \(database.role) PASSWORD '\(database.password)'"]) }
    }

    // MARK: Moving it

    /// Replaces what is in `target` by what is in `source`.
    ///
    /// - Parameter label: by which ``endWork(labelled:)`` finds it.
    package func copy(_ source: Addon, to target: Addon, label: String) async throws {
        let folder = folder
        let file = "\(folder)/cache/\(label).dump"
        do {
            try await dump(source, into: file, label: label)
            try await restore(file, into: target, label: label)
        } catch {
            try? FileTree.remove(file)  // Why it went wrong matters more.
            throw error
        }
        try await pool.run { try FileTree.remove(file) }
    }

    /// Writes all that is in it to a file that `pg_restore` reads; it is there when it is whole.
    package func dump(_ addon: Addon, into file: String, label: String) async throws {
        let cluster = try await running()
        let database = try PostgresDatabase(memory: addon.memory)
        try await pool.run {
            let part = "\(file).part"
            if let slash = file.lastIndex(of: "/") { try FileTree.makeFolder(String(file[..<slash])) }
            do {
                _ = try cluster.execute(
                    "pg_dump", ["-F", "c", "--no-acl", "--no-owner", "--quote-all-identifiers", "-f", part],
                    in: database.name, label: label)
                try FileTree.move(part, to: file)
            } catch {
                try? FileTree.remove(part)  // What went wrong matters more.
                throw error
            }
        }
    }

    /// Replaces what is in it by what is in the file: into a database beside it, which takes its place when it is whole.
    package func restore(_ file: String, into addon: Addon, label: String) async throws {
        let cluster = try await running()
        let database = try PostgresDatabase(memory: addon.memory)
        try await pool.run {
            let fresh = database.beside
            do {
                _ = try cluster.run([fresh.drop] + fresh.statements)
                _ = try cluster.execute(
                    "pg_restore",
                    ["--no-acl", "--no-owner", "--role", database.role, "--exit-on-error", "-d", fresh.name, file],
                    in: fresh.name, label: label)
                try Self.replace(database, in: cluster)
            } catch {
                _ = try? cluster.run([fresh.drop])  // What went wrong matters more.
                throw error
            }
        }
    }

    /// Blocks.
    private static func replace(_ database: PostgresDatabase, in cluster: PostgresCluster) throws {
        var attempts = 5
        while true {
            do {
                _ = try cluster.run(database.replacement)
                break
            } catch {
                // Who was thrown out may have been back at once.
                attempts -= 1
                guard attempts > 0 else { throw error }
            }
        }
        // What is left is in nobody's way, and goes with the next replacement.
        _ = try? cluster.run([database.aside.drop])
    }

    /// Ends what runs under that label.
    package func endWork(labelled label: String) async throws {
        let cluster = try await running()
        try await pool.run {
            _ = try cluster.run([
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = '\(label)'"
            ])
        }
    }

    /// Hands a file over, piece by piece.
    package func read(_ file: String, each: ([UInt8]) async throws -> Void) async throws {
        let source = try Descriptor(opening: file)
        while true {
            let piece = try source.read(atMost: 1 << 18)
            if piece.isEmpty { return }
            try await each(piece)
        }
    }

    // MARK: The server

    /// One at a time: several databases may be the first.
    private func found() throws -> PostgresCluster {
        try remembered.withLock { known in
            if let known, known.hasServed, FileTree.exists(known.programs.path(of: "postgres")) { return known }
            let cluster = try PostgresCluster(folder: folder, searchPath: searchPath)
            known = cluster
            return cluster
        }
    }

    /// The server, which runs and answers when this returns.
    ///
    /// One that has never served tries another port where somebody was faster to take the one that was free.
    ///
    /// - Parameter isFirst: whether it may be made; who has a database in it already wants that and no other.
    func running(isFirst: Bool = false) async throws -> PostgresCluster {
        guard PostgresCluster.hasData(in: folder) || (isFirst && !PostgresCluster.hasServed(in: folder)) else {
            throw PostgresError.lostData(folder)
        }
        var attempts = 3
        while true {
            let cluster = try await pool.run { [self] in try found() }
            do {
                try await servers.run(cluster.server(pool))
                try remembered.withLock { _ in try cluster.noteServed() }
                return cluster
            } catch {
                attempts -= 1
                guard attempts > 0, !cluster.hasServed else { throw error }
                try cluster.forgetPort()
            }
        }
    }
}
