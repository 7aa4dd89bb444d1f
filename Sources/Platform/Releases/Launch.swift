internal import Logs
package import Model
internal import Slugs
internal import Store

/// Where a change tells its story while it happens: a push's `remote:` lines, or nowhere.
package typealias Narration = @Sendable (String) async -> Void

/// What became of a release.
package enum LaunchResult: Sendable {
    /// It is current; its web dynos answer, or there are none to.
    case serving(Release)
    /// It is current, and its dynos crash: nothing answered before it either.
    case crashed(Release, reason: String, lastLines: [String])
    /// Its release command failed; what ran before runs on.
    case commandFailed(Release, status: Int32)
    /// Its dynos did not come up; what ran before runs on.
    case refused(Release, reason: String, lastLines: [String])

    package var release: Release {
        switch self {
        case .serving(let release), .crashed(let release, _, _), .commandFailed(let release, _),
            .refused(let release, _, _):
            release
        }
    }
}

extension Platform {
    /// What a new release is made of.
    struct Draft {
        var description: String
        var slug: Slug?
        var config: ConfigVars
    }

    /// Makes a release and, when it has a slug, runs its release command and replaces the dynos.
    ///
    /// `current` moves only when the release serves, or when nothing answered before. The caller has the app's turn.
    ///
    /// - Parameter created: told the new release's row before anything of it runs; it can no longer be cancelled then.
    func launch(
        _ draft: Draft, of app: App, announcing lines: [String],
        created: (Release) async -> Void = { _ in },
        narration: @escaping Narration = { _ in }
    ) async throws -> LaunchResult {
        let actor = try await actor()
        let release = try await insertRelease(draft, of: app, actor: actor)
        for line in lines { await say("\(line) by user \(actor)", in: app.id) }
        await say("Release v\(release.version) created by user \(actor)", in: app.id)
        await created(release)
        guard let slug = draft.slug else {
            try await finish(release, of: app, as: .succeeded, isCurrent: true, formation: nil)
            await reconciler.setEarlyConfig(of: app.id, to: release.config)
            return .serving(release)
        }
        let blueprint = try blueprint(release, slug)
        if let command = slug.processTypes[.release] {
            let ending = try await runReleaseCommand(command, of: app, blueprint: blueprint, narration: narration)
            guard ending == .code(0) else {
                await say("Release v\(release.version) command failed by user \(actor)", in: app.id)
                try await finish(release, of: app, as: .failed, isCurrent: false, formation: nil)
                return .commandFailed(release, status: ending.status)
            }
        }
        return try await boot(blueprint, of: app, actor: actor)
    }

    private func boot(_ blueprint: Blueprint, of app: App, actor: String) async throws -> LaunchResult {
        let release = blueprint.release
        let (formation, announcement) = try await formation(of: app, for: blueprint.slug)
        if let announcement { await say("\(announcement) by user \(actor)", in: app.id) }
        do {
            if app.has(.atomicDeploy), blueprint.slug.processTypes[.web] == nil, await reconciler.answers(app.id) {
                throw BootFailure(
                    reason: "it declares no web process, and web dynos answer now (to go without: paas ps:scale web=0)",
                    lastLines: [])
            }
            let report = try await reconciler.deploy(
                blueprint, of: app.id, formation: formation, keepsOldOnFailure: app.has(.atomicDeploy)
            ) {
                try await self.finish(release, of: app, as: .succeeded, isCurrent: true, formation: formation)
            }
            switch report {
            case .up: return .serving(release)
            case .crashed(let reason, let lines): return .crashed(release, reason: reason, lastLines: lines)
            }
        } catch let failure as BootFailure {
            try await finish(release, of: app, as: .failed, isCurrent: false, formation: nil)
            return .refused(release, reason: failure.reason, lastLines: failure.lastLines)
        }
    }

    private func insertRelease(_ draft: Draft, of app: App, actor: String) async throws -> Release {
        let now = machines.time.now()
        return try await machines.store.write { transaction in
            guard var current = try transaction.app(app.id) else { throw PlatformError.noSuchApp(app.name.text) }
            let release = Release(
                app: app.id, version: try transaction.nextVersion(of: app.id), status: .pending,
                description: draft.description, slug: draft.slug?.id, config: draft.config, actor: actor,
                createdAt: now, updatedAt: now)
            try transaction.insert(release)
            current.releasedAt = now
            try transaction.update(current)
            try transaction.record(
                Event(
                    time: now, actor: actor, app: app.id, resource: "release", resourceID: "\(release.id)",
                    action: "create", before: nil, after: "v\(release.version) \(release.description)"))
            return release
        }
    }

    private func finish(
        _ release: Release, of app: App, as status: Release.Status, isCurrent: Bool, formation: [FormationEntry]?
    ) async throws {
        let now = machines.time.now()
        try await machines.store.write { transaction in
            var finished = release
            finished.status = status
            finished.updatedAt = now
            try transaction.update(finished)
            if isCurrent { try transaction.setCurrentRelease(release.id, of: app.id) }
            if let formation { try transaction.replaceFormation(of: app.id, with: formation) }
            try transaction.record(
                Event(
                    time: now, actor: release.actor, app: app.id, resource: "release", resourceID: "\(release.id)",
                    action: "update", before: "pending", after: status.rawValue))
        }
    }

    /// The formation with that slug's process types: `web=1` at first, new types 0, types that went are gone.
    private func formation(of app: App, for slug: Slug) async throws -> ([FormationEntry], announcement: String?) {
        let now = machines.time.now()
        let before = try await formation(of: app)
        let types = slug.processTypes.keys.filter { $0 != .release }.sorted()
        let formation = types.map { type in
            before.first { $0.type == type }
                ?? FormationEntry(
                    app: app.id, type: type, quantity: before.isEmpty && type == .web ? 1 : 0, size: .basic,
                    createdAt: now, updatedAt: now)
        }
        guard before.isEmpty, !formation.isEmpty else { return (formation, nil) }
        return (formation, "Scaled to \(formation.map(\.summary).joined(separator: " "))")
    }

    /// A release with the folders of its slug.
    func blueprint(_ release: Release, _ slug: Slug) throws -> Blueprint {
        let layers = try slug.layers.map { name in
            guard let path = machines.layers.path(of: name) else {
                throw PlatformError.noSuchRelease("v\(release.version): its slug is no longer kept")
            }
            return path
        }
        return Blueprint(release: release, slug: slug, layers: layers)
    }
}

extension Transaction {
    fileprivate borrowing func replaceFormation(of app: AppID, with entries: [FormationEntry]) throws {
        for old in try formation(of: app) where !entries.contains(where: { $0.type == old.type }) {
            try removeFormation(of: app, type: old.type)
        }
        for entry in entries { try upsert(entry) }
    }
}
