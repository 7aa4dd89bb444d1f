package import Model
package import Posix

/// Heroku Key-Value Store, which was Heroku Redis: a server for each add-on.
package final class Redis: AddonProvider {
    private let folder: String
    private let searchPath: String
    private let servers: Servers
    private let pool: BlockingPool

    /// - Parameter folder: `addons` of the home; each server has a folder in `redis` there.
    package init(folder: String, searchPath: String, servers: Servers, pool: BlockingPool) {
        self.folder = "\(folder)/redis"
        self.searchPath = searchPath
        self.servers = servers
        self.pool = pool
    }

    package let service = AddonService(
        name: "heroku-redis", humanName: "Heroku Key-Value Store", stem: "redis", attachmentName: "REDIS",
        furtherPrefix: "HEROKU_REDIS", plans: RedisPlans.all)

    // MARK: Life

    package func provision(_ addon: Addon, options: [String: String]) async throws -> AddonHolding {
        if let option = options.keys.sorted().first { throw RedisError.noSuchOption(option) }
        let plan = service.plan(addon.plan) ?? service.plans[0]
        return try await FreePort.claim {
            let server = try await pool.run { [self] in try make(addon, plan) }
            try await servers.run(server.spec(pool))
            return AddonHolding(values: ["URL": server.url], memory: server.memory)
        } undoing: {
            try await remove(Self.key(addon))
        }
    }

    package func change(_ addon: Addon, to plan: AddonPlan) async throws -> AddonHolding {
        let server = try await running(addon)
        try await set(
            [
                ("maxmemory", "\(plan.limits["bytes"] ?? 0)"),
                ("maxclients", "\((plan.limits["connections"] ?? 20) + RedisServer.ownConnections)"),
            ], in: server)
        return AddonHolding(values: addon.values, memory: addon.memory)
    }

    package func remove(_ addon: Addon) async throws { try await remove(Self.key(addon)) }

    private func remove(_ key: String) async throws {
        await servers.stop(key)
        let path = "\(folder)/\(key)"
        try await pool.run { try FileTree.remove(path) }
    }

    package func servers(for addons: [Addon]) throws -> [ServerSpec] {
        guard !addons.isEmpty else { return [] }
        let programs = try RedisPrograms(path: searchPath)
        return addons.compactMap { try? server(of: $0, programs).spec(pool) }
    }

    // MARK: What is in it

    package func report(_ addon: Addon) async throws -> StoreReport {
        let server = try await running(addon)
        let plan = service.plan(addon.plan) ?? service.plans[0]
        return try await pool.run { try RedisReport(server).report(addon, plan) }
    }

    /// What it does when its memory is full: `noeviction`, `allkeys-lru`, ….
    package func setPolicy(_ policy: String, of addon: Addon) async throws {
        guard Self.policies.contains(policy) else { throw RedisError.noSuchPolicy(policy, there: Self.policies) }
        try await set([("maxmemory-policy", policy)], in: try await running(addon))
    }

    package static let policies = [
        "noeviction", "allkeys-lru", "volatile-lru", "allkeys-random", "volatile-random", "volatile-ttl",
        "allkeys-lfu", "volatile-lfu",
    ]

    /// After how many seconds without a command a connection is ended; 0 for never.
    package func setTimeout(_ seconds: Int, of addon: Addon) async throws {
        guard (0...2_000_000).contains(seconds) else { throw RedisError.badTimeout }
        try await set([("timeout", "\(seconds)")], in: try await running(addon))
    }

    /// Another password; connections with the old one are ended.
    package func rotate(_ addon: Addon) async throws -> AddonHolding {
        let old = try await running(addon)
        var changed = old
        changed.password = try Secret.make(32)
        let server = changed
        return try await pool.run {
            _ = try old.ask(["CONFIG", "SET", "requirepass", server.password])
            _ = try server.ask(["CONFIG", "REWRITE"])
            _ = try server.ask(["CLIENT", "KILL", "SKIPME", "yes", "TYPE", "normal"])
            return AddonHolding(values: ["URL": server.url], memory: server.memory)
        }
    }

    /// Whoever knows the server's present password is gone: it begins anew with the one that is remembered.
    package func reinstate(_ addon: Addon) async throws {
        let server = try server(of: addon, try RedisPrograms(path: searchPath))
        await servers.stop(server.key)
        try await pool.run { try server.writePassword() }
        try await servers.run(server.spec(pool))
    }

    private func set(_ settings: [(String, String)], in server: RedisServer) async throws {
        try await pool.run {
            for (name, value) in settings { _ = try server.ask(["CONFIG", "SET", name, value]) }
            _ = try server.ask(["CONFIG", "REWRITE"])
        }
    }

    // MARK: The server

    private static func key(_ addon: Addon) -> String { "redis-\(addon.id)" }

    private func make(_ addon: Addon, _ plan: AddonPlan) throws -> RedisServer {
        let programs = try RedisPrograms(path: searchPath)
        let key = Self.key(addon)
        let own = "\(folder)/\(key)"
        for path in [folder, own] { try FileTree.makeFolder(path) }
        let others = try FileTree.names(in: folder).map { "\(folder)/\($0)/port" }
        let server = RedisServer(
            folder: own, key: key, programs: programs,
            port: try FreePort.keep(in: "\(own)/port", from: 6379, besides: others), password: try Secret.make(32))
        try server.writeConfiguration(plan)
        return server
    }

    private func server(of addon: Addon, _ programs: RedisPrograms) throws -> RedisServer {
        guard let port = addon.memory["port"].flatMap({ UInt16($0) }), let password = addon.memory["password"] else {
            throw AddonFailure.failed("The add-on has no server", reason: "It was never made")
        }
        let key = Self.key(addon)
        return RedisServer(folder: "\(folder)/\(key)", key: key, programs: programs, port: port, password: password)
    }

    private func running(_ addon: Addon) async throws -> RedisServer {
        let server = try server(of: addon, try RedisPrograms(path: searchPath))
        try await servers.run(server.spec(pool))
        return server
    }
}

/// What Heroku Redis refuses.
package enum RedisError: Explained {
    case noSuchPolicy(String, there: [String])
    case badTimeout
    case noSuchOption(String)

    package var explanation: Explanation {
        switch self {
        case .noSuchPolicy(let policy, let there):
            Explanation(
                "Couldn't set the policy \(policy)", because: "There are \(there.joined(separator: ", ")).",
                mend: ["paas redis:maxmemory --policy noeviction"])
        case .noSuchOption(let option):
            Explanation(
                "Couldn't make the store", because: "heroku-redis has no option --\(option) here.",
                mend: ["paas addons:create heroku-redis"])
        case .badTimeout:
            Explanation(
                "Couldn't set the timeout", because: "It is a number of seconds from 0 (never) to 2,000,000.",
                mend: ["paas redis:timeout --seconds 300"])
        }
    }
}
