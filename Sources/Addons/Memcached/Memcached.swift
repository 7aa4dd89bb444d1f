package import Model
package import Posix

/// MemCachier: a memcached for each add-on, which asks for a user and a password as MemCachier does.
package final class Memcached: AddonProvider {
    private let folder: String
    private let searchPath: String
    private let servers: Servers
    private let pool: BlockingPool

    /// - Parameter folder: `addons` of the home; each server has a folder in `memcached` there.
    package init(folder: String, searchPath: String, servers: Servers, pool: BlockingPool) {
        self.folder = "\(folder)/memcached"
        self.searchPath = searchPath
        self.servers = servers
        self.pool = pool
    }

    package let service = AddonService(
        name: "memcachier", humanName: "MemCachier", stem: "memcachier", attachmentName: "MEMCACHIER",
        furtherPrefix: "MEMCACHIER", plans: MemcachedPlans.all)

    package func provision(_ addon: Addon, options: [String: String]) async throws -> AddonHolding {
        try AddonFailure.refuse(options, of: service)
        return try await FreePort.claim {
            let server = try await pool.run { [self] in try make(addon) }
            try await servers.run(server.spec(plan(of: addon), pool))
            return AddonHolding(values: server.values, memory: server.memory)
        } undoing: {
            try await remove(addon)
        }
    }

    /// It begins anew with the other plan's memory, and empty.
    package func change(_ addon: Addon, to plan: AddonPlan) async throws -> AddonHolding {
        try await restart(addon, plan)
        return AddonHolding(values: addon.values, memory: addon.memory)
    }

    package func reinstate(_ addon: Addon) async throws { try await restart(addon, plan(of: addon)) }

    package func remove(_ addon: Addon) async throws {
        let key = Self.key(addon)
        await servers.stop(key)
        let path = "\(folder)/\(key)"
        try await pool.run { try FileTree.remove(path) }
    }

    package func servers(for addons: [Addon]) throws -> [ServerSpec] {
        guard !addons.isEmpty else { return [] }
        let programs = try MemcachedPrograms(path: searchPath)
        return addons.compactMap { try? server(of: $0, programs).spec(plan(of: $0), pool) }
    }

    // MARK: The server

    private static func key(_ addon: Addon) -> String { "memcached-\(addon.id)" }

    private func plan(of addon: Addon) -> AddonPlan { service.plan(addon.plan) ?? service.plans[0] }

    private func make(_ addon: Addon) throws -> MemcachedServer {
        let programs = try MemcachedPrograms(path: searchPath)
        let key = Self.key(addon)
        let own = "\(folder)/\(key)"
        for path in [folder, own] { try FileTree.makeFolder(path) }
        let others = try FileTree.names(in: folder).map { "\(folder)/\($0)/port" }
        let server = MemcachedServer(
            folder: own, key: key, programs: programs,
            port: try FreePort.keep(in: "\(own)/port", from: 11_211, besides: others),
            user: try Secret.make(3).uppercased(), password: try Secret.make(16))
        try server.writeFiles()
        return server
    }

    private func server(of addon: Addon, _ programs: MemcachedPrograms) throws -> MemcachedServer {
        guard let port = addon.memory["port"].flatMap({ UInt16($0) }), let user = addon.memory["user"],
            let password = addon.memory["password"]
        else { throw AddonFailure.failed("The add-on has no server", reason: "It was never made") }
        let key = Self.key(addon)
        return MemcachedServer(
            folder: "\(folder)/\(key)", key: key, programs: programs, port: port, user: user, password: password)
    }

    private func restart(_ addon: Addon, _ plan: AddonPlan) async throws {
        let server = try server(of: addon, try MemcachedPrograms(path: searchPath))
        await servers.stop(server.key)
        try await servers.run(server.spec(plan, pool))
    }
}
