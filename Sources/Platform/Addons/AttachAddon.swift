internal import Addons
package import Model
internal import Store

extension Platform {
    /// Attaches an add-on to an app, or to its app once more under another name: one release.
    ///
    /// - Parameters:
    ///   - name: `nil` for what the service says.
    ///   - replacing: whether an attachment of that name may stand for another add-on from now on (`pg:promote`).
    package func attach(
        _ addon: Addon, to app: App, as name: String?, replacing: Bool = false
    ) async throws -> AddonAttachment {
        try await addonTurns.take(addon.id) {
            try await attachInTurn(try await living(addon), to: app, as: name, replacing: replacing)
        }
    }

    private func attachInTurn(
        _ addon: Addon, to app: App, as name: String?, replacing: Bool
    ) async throws -> AddonAttachment {
        let service = try addonService(addon.service)
        guard service.allowsSharing || app.id == addon.app else {
            throw AddonError.notShared(addon.name, service: service.name)
        }
        let now = machines.time.now()
        let wanted = name.map { AddonName.attachment($0) }
        return try await changes.take(app.id) {
            let old = try await machines.store.read { transaction -> AddonAttachment? in
                guard replacing, let wanted else { return nil }
                return try transaction.attachment(named: wanted, in: app.id)
            }
            let chosen = try await machines.store.read { transaction in
                try old?.name ?? transaction.attachmentName(name, service, in: app)
            }
            let attachment = AddonAttachment(addon: addon.id, app: app.id, name: chosen, createdAt: now)
            try await put(attachment, of: addon, inPlaceOf: old, in: app)
            return attachment
        }
    }

    /// The row of an attachment that is replaced stays until the release is there: a daemon that dies between finds it
    /// again.
    private func put(
        _ attachment: AddonAttachment, of addon: Addon, inPlaceOf old: AddonAttachment?, in app: App
    ) async throws {
        let config = attachment.config(addon)
        var before: [String: String] = [:]
        if let old { before = try await self.config(of: old) }
        try await requireFree(config.keys.filter { before[$0] == nil }.sorted(), in: app)
        let (keys, gone) = (Array(config.keys), Array(before.keys))
        if old == nil { try await machines.store.write { try $0.insert(attachment, setting: keys) } }
        do {
            try await release(
                attachment.attaching(addon), of: app, setting: config, removing: gone)
        } catch {
            if old == nil { try await machines.store.write { try $0.remove(attachment.id) } }
            throw error
        }
        guard let old else { return }
        try await machines.store.write { transaction in
            try transaction.remove(old.id)
            try transaction.insert(attachment, setting: keys)
        }
    }

    private func config(of attachment: AddonAttachment) async throws -> [String: String] {
        try await addon(attachment.addon).map { attachment.config($0) } ?? [:]
    }

    /// Takes an add-on away from an app, which restarts without it: one release.
    ///
    /// - Throws: ``AddonError/lastAttachment(_:)`` for the last one in the app that owns the add-on.
    package func detach(_ attachment: AddonAttachment) async throws {
        try await addonTurns.take(attachment.addon) {
            guard let addon = try await addon(attachment.addon),
                case let all = try await attachments(of: addon), all.contains(where: { $0.id == attachment.id })
            else { throw AddonError.noSuchAttachment(attachment.name) }
            let others = all.filter { $0.id != attachment.id && $0.app == addon.app }
            guard attachment.app != addon.app || !others.isEmpty else { throw AddonError.lastAttachment(addon.name) }
            try await remove(attachment, of: addon)
        }
    }

    /// - Parameter attachment: any, also the last one.
    func remove(_ attachment: AddonAttachment, of addon: Addon) async throws {
        let app = try await app("\(attachment.app)")
        let keys = Array(attachment.config(addon).keys)
        try await changes.take(app.id) {
            // One that is still being made has said nothing to the app.
            if !addon.isPending {
                try await release(attachment.detaching(addon), of: app, setting: [:], removing: keys)
            }
            try await machines.store.write { try $0.remove(attachment.id) }
        }
    }
}

/// What the releases are called that an attachment comes and goes with.
extension AddonAttachment {
    func attaching(_ addon: Addon) -> String { "Attach \(name) (@\(addon.name))" }

    func detaching(_ addon: Addon) -> String { "Detach \(name) (@\(addon.name))" }
}
