internal import Addons
package import Model
internal import Store

/// What can be done with databases of Heroku Postgres beside an add-on's life.
extension Platform {
    /// - Throws: ``AddonError/noPostgres(_:)`` for an add-on of another service.
    func postgres(of addon: Addon) throws -> Postgres {
        guard let postgres = machines.addons.postgres, addon.service == postgres.service.name else {
            throw AddonError.noPostgres(addon.name)
        }
        return postgres
    }

    package func databaseReport(_ addon: Addon) async throws -> DatabaseReport {
        try await postgres(of: addon).report(addon)
    }

    /// Throws away all that is in it.
    package func resetDatabase(_ addon: Addon) async throws {
        let postgres = try postgres(of: addon)
        try await contentTurns.take(addon.id) { try await postgres.reset(try await living(addon)) }
        try await record(addon, "update")
    }

    /// Another password; the apps that have it restart with it.
    package func rotateCredentials(of addon: Addon) async throws {
        let postgres = try postgres(of: addon)
        try await change(addon, saying: "Update \(addon.name) credentials") { try await postgres.rotate($0) }
    }

    /// The queries that have taken the longest, as psql shows them.
    package func outliers(of addon: Addon, count: Int) async throws -> String {
        try await postgres(of: addon).outliers(of: addon, count: count)
    }

    /// What is put in the place of `--fork` and `--follow`, which name a database as commands do.
    ///
    /// - Throws: ``AddonError/notForked(_:)`` for what is no database of this platform.
    func forking(
        _ options: [String: String], by provider: any AddonProvider, for app: App
    ) async throws -> [String: String] {
        guard let postgres = provider as? Postgres, let (option, text) = Postgres.source(in: options) else {
            return options
        }
        // What an option without a value says.
        guard !text.contains("://"), text != "true" else { throw AddonError.notForked(text) }
        let source = try await living(try await addon(text, in: app, service: postgres.service.name))
        var named = options
        named[option] = try postgres.forkOption(of: source)
        return named
    }

    /// Ends every connection to it.
    package func endConnections(of addon: Addon) async throws { try await postgres(of: addon).endConnections(addon) }
}
