package import Model
internal import Store

extension Platform {
    /// The config vars that are current.
    package func config(of app: App) async throws -> ConfigVars {
        try await currentRelease(of: app)?.config ?? ConfigVars()
    }

    /// Sets the given keys and removes those whose value is `nil`: one release, one restart; nothing when nothing
    /// changes.
    ///
    /// - Throws: ``InvalidConfigVar``; ``PlatformError/bootFailed(_:version:reason:)`` when the dynos don't come up with
    ///   it: the values are not current then.
    package func setConfig(_ changes: [String: String?], of app: App) async throws -> ConfigVars {
        try await self.changes.take(app.id) {
            let current = try await currentRelease(of: app)
            let before = current?.config ?? ConfigVars()
            let after = try before.applying(changes)
            guard after != before else { return before }
            try await requireOwn(changes.keys.filter { before[$0] != after[$0] }, of: app)
            let slug = try await machines.store.read { transaction -> Slug? in
                guard let id = current?.slug else { return nil }
                return try transaction.slug(id)
            }
            let description = Self.description(of: changes, before: before)
            let draft = Draft(description: description, slug: slug, config: after)
            _ = try succeeded(try await launch(draft, of: app, announcing: [description]), of: app)
            return after
        }
    }

    /// What an add-on sets can't be set by hand.
    private func requireOwn(_ keys: [String], of app: App) async throws {
        let attached = try await attachedConfig(of: app)
        let foreign = keys.filter { attached[$0] != nil }
        guard foreign.isEmpty else { throw AddonError.attachedValues(foreign.sorted()) }
    }

    /// All that add-ons set in the app now.
    func attachedConfig(of app: App) async throws -> [String: String] {
        try await machines.store.read { transaction in
            try transaction.attachments(in: app.id).reduce(into: [:]) { all, attachment in
                guard let addon = try transaction.addon(attachment.addon) else { return }
                all.merge(attachment.config(addon)) { $1 }
            }
        }
    }

    /// The config of an older release, with what add-ons say now: they were not rolled back.
    func config(again release: Release, of app: App) async throws -> ConfigVars {
        let ever = try await machines.store.read { try $0.attachedKeys(of: app.id) }
        let now = try await config(of: app)
        let kept = now.revealed.filter { ever.contains($0.key) }
        return release.config.replacing(Array(ever), with: kept)
    }

    /// `Set A, B config vars`, `Remove A config vars`. Source: heroku-platform.md §7.
    private static func description(of changes: [String: String?], before: ConfigVars) -> String {
        let set = changes.filter { $0.value != nil && before[$0.key] != $0.value }.keys.sorted()
        let removed = changes.filter { $0.value == nil && before[$0.key] != nil }.keys.sorted()
        let parts = [
            set.isEmpty ? nil : "Set \(set.joined(separator: ", "))",
            removed.isEmpty
                ? nil : "\(set.isEmpty ? "Remove" : "remove") \(removed.joined(separator: ", "))",
        ]
        return parts.compactMap { $0 }.joined(separator: ", ") + " config vars"
    }
}
