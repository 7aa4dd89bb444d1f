internal import Addons
package import Model

/// What can be done with key-value stores beside an add-on's life.
extension Platform {
    /// - Throws: ``AddonError/noStore(_:)`` for an add-on of another service.
    private func redis(of addon: Addon) throws -> Redis {
        guard let redis = machines.addons.redis, addon.service == redis.service.name else {
            throw AddonError.noStore(addon.name)
        }
        return redis
    }

    package func storeReport(_ addon: Addon) async throws -> StoreReport { try await redis(of: addon).report(addon) }

    package func setStorePolicy(_ policy: String, of addon: Addon) async throws {
        try await redis(of: addon).setPolicy(policy, of: addon)
    }

    /// - Parameter seconds: 0 for never.
    package func setStoreTimeout(_ seconds: Int, of addon: Addon) async throws {
        try await redis(of: addon).setTimeout(seconds, of: addon)
    }

    /// Another password; the apps that have it restart with it.
    package func rotateStoreCredentials(of addon: Addon) async throws {
        let redis = try redis(of: addon)
        try await change(addon, saying: "Update \(addon.name) credentials") { try await redis.rotate($0) }
    }
}
