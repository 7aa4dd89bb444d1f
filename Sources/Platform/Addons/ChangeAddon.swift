internal import Addons
package import Model
internal import Store

extension Platform {
    /// - Parameter text: `SERVICE:PLAN`, or a plan of the add-on's own service.
    package func changePlan(of addon: Addon, to text: String) async throws -> Addon {
        let (provider, plan) = try offer(text.contains(":") ? text : "\(addon.service):\(text)")
        guard provider.service.name == addon.service else {
            throw AddonError.otherService(addon.name, provider.service.name)
        }
        let result = try await change(addon, saying: "Update \(addon.name) by \(plan.name)") { addon in
            var holding = try await provider.change(addon, to: plan)
            holding.plan = plan.name
            return holding
        }
        try await record(result, "update")
        return result
    }

    package func rename(_ addon: Addon, to name: String) async throws -> Addon {
        let renamed = try await addonTurns.take(addon.id) {
            var changed = try await living(addon)
            changed.name = name
            changed.updatedAt = machines.time.now()
            let renamed = changed
            try await machines.store.write { transaction in
                _ = try transaction.freeName(name)
                try transaction.update(renamed)
            }
            return renamed
        }
        try await record(renamed, "update")
        return renamed
    }

    /// The add-on as it is now, for whoever has its turn.
    ///
    /// - Throws: ``AddonError/noSuchAddon(_:)`` for one that is gone, or is being ended.
    func living(_ addon: Addon) async throws -> Addon {
        let now = try await known(addon)
        guard now.state == .provisioned else { throw AddonError.noSuchAddon(addon.name) }
        return now
    }

    /// As ``living(_:)``, also one whose end did not come to its end.
    private func known(_ addon: Addon) async throws -> Addon {
        guard let now = try await self.addon(addon.id) else { throw AddonError.noSuchAddon(addon.name) }
        return now
    }

    /// Has its provider change an add-on, and tells the apps that have it.
    ///
    /// A mark in its memory says that this is under way: when it comes to no end, now or with the daemon's, the provider
    /// is told to go by what is remembered.
    @discardableResult
    func change(
        _ addon: Addon, saying description: String, _ body: (Addon) async throws -> AddonHolding
    ) async throws -> Addon {
        try await addonTurns.take(addon.id) {
            let now = try await living(addon)
            var marked = now
            marked.memory[Addon.changing] = "true"
            let row = marked
            try await machines.store.write { try $0.update(row) }
            let holding: AddonHolding
            let changed: Addon
            do {
                holding = try await body(now)
                changed = try await keep(holding, for: now)
            } catch {
                // Tried again at the next start, when it cannot be done now.
                try? await reinstate(now)
                throw error
            }
            try await tell(changed, insteadOf: now, saying: description)
            return changed
        }
    }

    func reinstate(_ addon: Addon) async throws {
        try await machines.addons.provider(of: addon.service)?.reinstate(addon)
        try await machines.store.write { try $0.update(addon) }
    }

    private func keep(_ holding: AddonHolding, for addon: Addon) async throws -> Addon {
        var changed = addon
        changed.values = holding.values
        changed.memory = holding.memory
        changed.memory[Addon.changing] = nil
        if let plan = holding.plan { changed.plan = plan }
        changed.updatedAt = machines.time.now()
        let result = changed
        try await machines.store.write { try $0.update(result) }
        return result
    }

    /// Where other config vars follow from a change, each app that has the add-on restarts with them.
    private func tell(_ addon: Addon, insteadOf old: Addon, saying description: String) async throws {
        guard addon.values != old.values else { return }
        for attachment in try await attachments(of: addon) {
            let app = try await app("\(attachment.app)")
            let keys = Array(attachment.config(addon).keys)
            _ = try await changes.take(app.id) {
                try await machines.store.write { try $0.note(keys, setIn: app.id) }
                try await release(
                    description, of: app, setting: attachment.config(addon),
                    removing: Array(attachment.config(old).keys))
            }
        }
    }

    /// Ends an add-on with everything that is in it; the apps that have it restart without.
    ///
    /// - Parameter isForced: also when other apps have it.
    /// - Throws: ``AddonError/attachedElsewhere(_:_:)``, or why an app does not start without it: it stays then.
    package func destroy(_ addon: Addon, isForced: Bool = false) async throws {
        try await addonTurns.take(addon.id) { try await end(try await known(addon), isForced: isForced) }
    }

    private func end(_ addon: Addon, isForced: Bool) async throws {
        let all = try await attachments(of: addon)
        let others = all.filter { $0.app != addon.app }
        if !isForced, !others.isEmpty {
            var names: Set<String> = []
            for other in others { names.insert(try await app("\(other.app)").name.text) }
            throw AddonError.attachedElsewhere(addon.name, names.sorted())
        }
        guard let provider = machines.addons.provider(of: addon.service) else {
            throw AddonError.noSuchService(addon.service, there: addonServices.map(\.name))
        }
        var ending = addon
        ending.state = .deprovisioning
        let marked = ending
        try await machines.store.write { try $0.update(marked) }
        do {
            for attachment in others + all.filter({ $0.app == addon.app }) { try await remove(attachment, of: addon) }
        } catch {
            try? await machines.store.write { try $0.update(addon) }  // What went wrong matters more.
            throw error
        }
        do {
            try await contentTurns.take(addon.id) { try await provider.remove(addon) }
        } catch let error as PartnerError {
            // Whoever insists does without its maker's knowing.
            guard isForced else { throw AddonError.notEnded(addon.name, error.explanation) }
        }
        try await machines.store.write { try $0.remove(addon.id) }
        try await record(addon, "destroy")
    }

    /// Ends the add-ons of an app that is being destroyed. Other apps that have one restart without it.
    func destroyAddons(of app: App) async throws {
        for listed in try await addons(of: app) {
            try await addonTurns.take(listed.id) {
                guard let addon = try await addon(listed.id) else { return }
                for attachment in try await attachments(of: addon) where attachment.app != app.id {
                    try await remove(attachment, of: addon)
                }
                do {
                    try await machines.addons.provider(of: addon.service)?.remove(addon)
                } catch let error as PartnerError {
                    throw AddonError.notEnded(addon.name, error.explanation)
                }
                try await machines.store.write { try $0.remove(addon.id) }
            }
        }
    }
}

extension Addon {
    /// The key in ``memory`` that says that a change is under way.
    static let changing = "changing"
}
