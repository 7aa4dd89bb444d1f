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
        try await postgres(of: addon).reset(addon)
        try await record(addon, "update")
    }

    /// Another password; the apps that have it restart with it.
    package func rotateCredentials(of addon: Addon) async throws {
        let postgres = try postgres(of: addon)
        try await change(addon, saying: "Update \(addon.name) credentials") { try await postgres.rotate($0) }
    }

    /// Ends every connection to it.
    package func endConnections(of addon: Addon) async throws { try await postgres(of: addon).endConnections(addon) }
}
