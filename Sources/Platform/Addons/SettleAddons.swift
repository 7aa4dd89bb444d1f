internal import Addons
internal import Model
internal import Store

/// What has to be done for add-ons when the platform starts, whatever ended it before.
extension Platform {
    /// After a start: changes that came to no end.
    func reinstateAddons() async throws {
        for addon in try await allAddons() where addon.memory[Addon.changing] != nil {
            var remembered = addon
            remembered.memory[Addon.changing] = nil
            // One whose server does not come up is tried again at the next start.
            try? await reinstate(remembered)
        }
    }

    /// Brings add-ons to where they should be, whatever ended the daemon before: each is whole, or not there.
    ///
    /// What an app's current release does not have is not attached to it; an add-on that was being made or ended and
    /// is attached to nothing is ended.
    func settleAddons() async throws {
        let addons = try await allAddons()
        for attachment in try await allAttachments() {
            guard let addon = addons.first(where: { $0.id == attachment.addon }), !addon.isPending else { continue }
            guard try await isThere(attachment, of: addon) else {
                try await machines.store.write { try $0.remove(attachment.id) }
                continue
            }
            let config = try await config(of: try await app("\(attachment.app)"))
            func says(_ addon: Addon) -> Bool {
                attachment.config(addon).allSatisfy { config[$0.key] == $0.value }
            }
            // The release that promotes another one was made, and the row was not.
            if !says(addon), let other = addons.first(where: { !$0.values.isEmpty && says($0) }) {
                try await replace(attachment, by: other)
            }
        }
        for addon in try await allAddons() where addon.state != .provisioned && !addon.isPending {
            if try await attachments(of: addon).isEmpty {
                if machines.addons.partners[addon.service] != nil {
                    // The platform does not wait for others.
                    reconciler.later { [self] in try? await forgetUnfinished(addon) }
                    continue
                }
                // When its server does not come up it is tried again at the next start.
                guard (try? await machines.addons.provider(of: addon.service)?.remove(addon)) != nil else { continue }
                try await machines.store.write { try $0.remove(addon.id) }
            } else {
                var whole = addon
                whole.state = .provisioned
                let known = whole
                try await machines.store.write { try $0.update(known) }
            }
        }
    }

    /// Releases what add-ons say now in apps that have it otherwise: the daemon died after it had changed a password,
    /// and before it had told the apps.
    func refreshAttachments() async throws {
        for attachment in try await allAttachments() {
            guard let addon = try await addon(attachment.addon), addon.state == .provisioned else { continue }
            let app = try await app("\(attachment.app)")
            let wanted = attachment.config(addon)
            try await changes.take(app.id) {
                let config = try await config(of: app)
                guard wanted.contains(where: { config[$0.key] != $0.value }) else { return }
                try await release("Update \(addon.name) credentials", of: app, setting: wanted, removing: [])
            }
        }
    }

    private func replace(_ attachment: AddonAttachment, by other: Addon) async throws {
        let promoted = AddonAttachment(
            addon: other.id, app: attachment.app, name: attachment.name, createdAt: attachment.createdAt)
        let keys = Array(promoted.config(other).keys)
        try await machines.store.write { transaction in
            try transaction.remove(attachment.id)
            try transaction.insert(promoted, setting: keys)
        }
    }

    /// Whether an app's current release has what an attachment stands for.
    private func isThere(_ attachment: AddonAttachment, of addon: Addon) async throws -> Bool {
        let app = try await app("\(attachment.app)")
        let keys = attachment.config(addon).keys
        guard keys.isEmpty else {
            let config = try await config(of: app)
            return keys.allSatisfy { config[$0] != nil }
        }
        // No config var tells of it. The release that it came or went with does, as long as its name is the same.
        let (attached, detached) = (attachment.attaching(addon), attachment.detaching(addon))
        let last = try await releases(of: app).filter { $0.status == .succeeded }
            .sorted { $0.version > $1.version }
            .first { [attached, detached].contains($0.description) }
        return last.map { $0.description == attached } ?? (addon.state != .provisioning)
    }

    /// The servers of all add-ons that there are.
    func wantedServers() async throws -> [ServerSpec] {
        let (addons, catalogue) = (try await allAddons(), machines.addons)
        return try await machines.blocking { catalogue.servers(for: addons) }
    }
}
