package import Model
internal import Posix

/// One of the services whose add-ons are databases of ``MariaDB``.
package struct MariaDBService: AddonProvider {
    package let service: AddonService
    private let mariaDB: MariaDB
    /// What its config var is called behind the attachment's name.
    private let valueName: String
    /// What stands behind its URL.
    private let query: String
    /// Said of a service that is MySQL elsewhere.
    private let message: String

    package func provision(_ addon: Addon, options: [String: String]) async throws -> AddonHolding {
        // Which MySQL, and where: there is one here.
        try AddonFailure.refuse(options.filter { !["version", "region"].contains($0.key) }, of: service)
        let cluster = try await mariaDB.running()
        let database = MariaDBDatabase(of: addon.id, password: try Secret.make(16))
        let limit = connections(of: addon.plan)
        let url = "\(database.url(port: cluster.port))\(query)"
        return try await mariaDB.pool.run {
            do {
                try cluster.run(database.creation(connections: limit))
            } catch {
                // What went wrong is told; what could not be taken back is by the next daemon.
                try? cluster.run(database.removal)
                throw error
            }
            return AddonHolding(values: [valueName: url], memory: database.memory, message: message)
        }
    }

    package func change(_ addon: Addon, to plan: AddonPlan) async throws -> AddonHolding {
        try await tell(addon, connections: connections(of: plan.name))
        return AddonHolding(values: addon.values, memory: addon.memory)
    }

    package func reinstate(_ addon: Addon) async throws {
        try await tell(addon, connections: connections(of: addon.plan))
    }

    package func remove(_ addon: Addon) async throws {
        guard mariaDB.isMade else { return }
        let cluster = try await mariaDB.running()
        let removal = MariaDBDatabase(of: addon.id, password: "").removal
        try await mariaDB.pool.run { try cluster.run(removal) }
    }

    package func servers(for addons: [Addon]) throws -> [ServerSpec] {
        guard !addons.isEmpty, mariaDB.isMade else { return [] }
        return [try mariaDB.spec()]
    }

    private func tell(_ addon: Addon, connections: Int) async throws {
        let cluster = try await mariaDB.running()
        let statement = try MariaDBDatabase(of: addon).change(connections: connections)
        try await mariaDB.pool.run { try cluster.run([statement]) }
    }

    private func connections(of plan: String) -> Int { service.plan(plan)?.limits["connections"] ?? 10 }

    // MARK: Which there are

    static func jawsDB(in mariaDB: MariaDB) -> MariaDBService {
        MariaDBService(
            service: AddonService(
                name: "jawsdb", humanName: "JawsDB MySQL", stem: "jawsdb", attachmentName: "JAWSDB",
                furtherPrefix: "JAWSDB", plans: MariaDBPlans.jawsDB),
            mariaDB: mariaDB, valueName: "URL", query: "", message: isMariaDB)
    }

    static func jawsDBMaria(in mariaDB: MariaDB) -> MariaDBService {
        MariaDBService(
            service: AddonService(
                name: "jawsdb-maria", humanName: "JawsDB Maria", stem: "jawsdb-maria", attachmentName: "JAWSDB_MARIA",
                furtherPrefix: "JAWSDB_MARIA", plans: MariaDBPlans.jawsDB),
            mariaDB: mariaDB, valueName: "URL", query: "", message: "")
    }

    static func clearDB(in mariaDB: MariaDB) -> MariaDBService {
        MariaDBService(
            service: AddonService(
                name: "cleardb", humanName: "ClearDB MySQL", stem: "cleardb", attachmentName: "CLEARDB",
                furtherPrefix: "CLEARDB", plans: MariaDBPlans.clearDB),
            mariaDB: mariaDB, valueName: "DATABASE_URL", query: "?reconnect=true", message: isMariaDB)
    }

    private static let isMariaDB = "MySQL is MariaDB here"
}
