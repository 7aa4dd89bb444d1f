package import Model
package import Posix

/// CloudAMQP: a user and a virtual host for each add-on, all in one RabbitMQ that starts with the first.
package final class RabbitMQ: AddonProvider {
    private let folder: String
    private let searchPath: String
    private let servers: Servers
    private let pool: BlockingPool

    /// - Parameters:
    ///   - folder: `addons` of the home; what this provider keeps is in `rabbitmq` there.
    ///   - searchPath: the owner's PATH, where Erlang is looked for besides Debian's and Homebrew's folders.
    package init(folder: String, searchPath: String, servers: Servers, pool: BlockingPool) {
        self.folder = "\(folder)/\(RabbitMQBroker.key)"
        self.searchPath = searchPath
        self.servers = servers
        self.pool = pool
    }

    package let service = AddonService(
        name: "cloudamqp", humanName: "CloudAMQP", stem: "cloudamqp", attachmentName: "CLOUDAMQP",
        furtherPrefix: "CLOUDAMQP", plans: RabbitMQPlans.all)

    package func provision(_ addon: Addon, options: [String: String]) async throws -> AddonHolding {
        // Where: there is one place here.
        try AddonFailure.refuse(options.filter { $0.key != "region" }, of: service)
        let broker = try await running()
        let host = RabbitMQHost(of: addon.id, password: try Secret.make(16))
        // CloudAMQP's own API, which it is a key to, is not here.
        let values = ["URL": host.url(port: broker.port), "APIKEY": "\(AddonID())"]
        let creation = host.creation(plan(addon.plan))
        return try await pool.run {
            do {
                try broker.control.run(creation)
            } catch {
                // What went wrong is told; what could not be taken back is by the next daemon.
                try? broker.control.run(host.removal)
                throw error
            }
            return AddonHolding(values: values, memory: ["password": host.password])
        }
    }

    package func change(_ addon: Addon, to plan: AddonPlan) async throws -> AddonHolding {
        try await tell(RabbitMQHost(of: addon).change(plan))
        return AddonHolding(values: addon.values, memory: addon.memory)
    }

    package func reinstate(_ addon: Addon) async throws {
        try await tell(RabbitMQHost(of: addon).change(plan(addon.plan)))
    }

    package func remove(_ addon: Addon) async throws {
        guard RabbitMQBroker.isMade(in: folder) else { return }
        try await tell(RabbitMQHost(of: addon.id, password: "").removal)
    }

    package func servers(for addons: [Addon]) throws -> [ServerSpec] {
        guard !addons.isEmpty, RabbitMQBroker.isMade(in: folder) else { return [] }
        return [try RabbitMQBroker(folder: folder, searchPath: searchPath).server(pool)]
    }

    private func plan(_ name: String) -> AddonPlan { service.plan(name) ?? service.plans[0] }

    private func tell(_ expressions: String) async throws {
        let control = try await running().control
        try await pool.run { try control.run(expressions) }
    }

    /// The server, which runs and answers when this returns.
    ///
    /// One that has never served tries another port where somebody was faster to take the one that was free.
    private func running() async throws -> RabbitMQBroker {
        var attempts = 3
        while true {
            let broker = try await pool.run { [self] in
                try RabbitMQBroker(folder: folder, searchPath: searchPath)
            }
            do {
                try await servers.run(broker.server(pool))
                try broker.noteServed()
                return broker
            } catch {
                attempts -= 1
                guard attempts > 0, !broker.hasServed else { throw error }
                try broker.forgetPort()
            }
        }
    }
}
