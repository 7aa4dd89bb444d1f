internal import Addons
package import Model
internal import Store

/// What a provider says of its add-ons by itself.
extension Platform {
    /// An add-on that its provider is still making: attached, without config vars and a release. The caller has the app's
    /// turn.
    func leavePending(
        _ addon: Addon, _ attachment: AddonAttachment, _ holding: AddonHolding
    ) async throws -> Addon {
        try await machines.store.write { transaction in
            // It may have been told of config vars already.
            var pending = try transaction.addon(addon.id) ?? addon
            pending.memory.merge(holding.memory) { $1 }
            for (ending, value) in holding.values { pending.memory[Addon.later(ending)] = value }
            pending.memory[Addon.pending] = "true"
            try transaction.update(pending)
            try transaction.insert(attachment, setting: [])
            return pending
        }
    }

    /// The config vars of an add-on, as its provider names them.
    package func partnerConfig(of addon: Addon) async throws -> [(name: String, value: String)] {
        let manifest = try partner(of: addon).manifest
        let values = addon.state == .provisioning ? addon.laterValues : addon.values
        return values.sorted { $0.key < $1.key }.map { (manifest.configVar($0.key), $0.value) }
    }

    /// Sets config vars; the apps that have the add-on restart with them. While it is being made they are kept for later.
    ///
    /// - Parameter config: as the provider names them; `nil` takes one away.
    package func setPartnerConfig(_ config: [String: String?], of addon: Addon) async throws -> Addon {
        let values = try partner(of: addon).manifest.values(config)
        let waiting = try await machines.store.write { transaction -> Addon? in
            guard var row = try transaction.addon(addon.id), row.state == .provisioning else { return nil }
            for (ending, value) in values { row.memory[Addon.later(ending)] = value }
            try transaction.update(row)
            return row
        }
        if let waiting { return waiting }
        let names = config.keys.sorted().joined(separator: ", ")
        return try await change(addon, saying: "Update \(names) by \(addon.service)") { now in
            var changed = now
            for (ending, value) in values { changed.values[ending] = value }
            for attachment in try await attachments(of: now) {
                let new = Set(attachment.config(changed).keys).subtracting(attachment.config(now).keys)
                let app = try await app("\(attachment.app)")
                try await requireFree(new.sorted(), in: app)
                try await requireRoom(for: attachment.config(changed), in: app)
            }
            return AddonHolding(values: changed.values, memory: now.memory)
        }
    }

    /// The provider has made it: one release attaches it. Said again, it changes nothing.
    package func finishProvisioning(_ addon: Addon) async throws -> Addon {
        _ = try partner(of: addon)
        return try await addonTurns.take(addon.id) {
            let app = try await app("\(addon.app)")
            return try await changes.take(app.id) {
                guard let now = try await self.addon(addon.id) else { throw AddonError.noSuchAddon(addon.name) }
                guard now.isPending else {
                    guard now.state == .provisioned else { throw AddonError.noSuchAddon(addon.name) }
                    return now
                }
                return try await finish(now, in: app)
            }
        }
    }

    private func finish(_ pending: Addon, in app: App) async throws -> Addon {
        guard let attachment = try await attachments(of: pending).first else {
            throw AddonError.noSuchAddon(pending.name)
        }
        var known = pending
        known.values = pending.laterValues
        known.memory = pending.memory.filter { !Addon.isOfWaiting($0.key) }
        let row = known
        let config = attachment.config(row)
        try await requireFree(config.keys.sorted(), in: app)
        try await requireRoom(for: config, in: app)
        // As for any other: a daemon that dies before the release is there takes it back.
        try await machines.store.write { transaction in
            try transaction.update(row)
            try transaction.note(Array(config.keys), setIn: app.id)
        }
        do {
            try await release(attachment.attaching(row), of: app, setting: config, removing: [])
        } catch {
            try await machines.store.write { try $0.update(pending) }
            throw error
        }
        var whole = row
        whole.state = .provisioned
        whole.updatedAt = machines.time.now()
        let finished = whole
        try await machines.store.write { try $0.update(finished) }
        return finished
    }

    /// The provider has not made it, or has ended it: it goes, and is not asked to end it again.
    package func endProvisioning(_ addon: Addon) async throws -> Addon {
        _ = try partner(of: addon)
        return try await addonTurns.take(addon.id) {
            guard let app = try? await app("\(addon.app)") else { throw AddonError.noSuchAddon(addon.name) }
            // Whoever is creating it comes to an end first.
            let found = try await changes.take(app.id) { try await self.addon(addon.id) }
            guard var now = found else { throw AddonError.noSuchAddon(addon.name) }
            for attachment in try await attachments(of: now) { try await remove(attachment, of: now) }
            try await machines.store.write { try $0.remove(addon.id) }
            try await record(now, "destroy")
            await say("\(now.name) was ended by \(now.service)", in: app.id)
            now.state = .deprovisioning
            return now
        }
    }

    /// Takes back what its maker may have made of an add-on that did not come to be, or was being ended.
    func forgetUnfinished(_ addon: Addon) async throws {
        try await addonTurns.take(addon.id) {
            guard let now = try await self.addon(addon.id), now.state != .provisioned, !now.isPending else { return }
            try await machines.addons.provider(of: now.service)?.remove(now)
            try await machines.store.write { try $0.remove(now.id) }
        }
    }
}

extension Addon {
    /// The key in ``memory`` that says that its provider is still making it.
    fileprivate static let pending = "pending"

    /// The key in ``memory`` of a value that counts when it is made.
    fileprivate static func later(_ ending: String) -> String { "later:\(ending)" }

    fileprivate static func isOfWaiting(_ key: String) -> Bool { key == pending || key.hasPrefix("later:") }

    fileprivate var laterValues: [String: String] {
        var values: [String: String] = [:]
        for (key, value) in memory where key.hasPrefix("later:") { values[String(key.dropFirst(6))] = value }
        return values
    }

    /// Whether its provider is still making it, and will say when it is there.
    var isPending: Bool { state == .provisioning && memory[Self.pending] != nil }
}
