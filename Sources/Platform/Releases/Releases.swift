package import Model
internal import Slugs
internal import Store

extension Platform {
    /// Newest first.
    package func releases(of app: App) async throws -> [Release] {
        try await machines.store.read { try $0.releases(of: app.id) }
    }

    package func currentRelease(of app: App) async throws -> Release? {
        try await machines.store.read { try $0.currentRelease(of: app.id) }
    }

    /// A release by its id, or by its number with or without a `v`.
    package func release(_ text: String, of app: App) async throws -> Release {
        let found = try await machines.store.read { transaction -> Release? in
            if let id = ReleaseID(text) { return try transaction.release(id).flatMap { $0.app == app.id ? $0 : nil } }
            guard let version = Int(text.lowercased().hasPrefix("v") ? text.dropFirst() : text[...]) else { return nil }
            return try transaction.release(of: app.id, version: version)
        }
        guard let found else { throw PlatformError.noSuchRelease(text) }
        return found
    }

    /// What the release command of a release printed; `nil` when it has none.
    package func output(of release: Release) async throws -> [UInt8]? {
        try await machines.store.read { try $0.releaseOutput(release.id) }
    }

    package func slugs(of app: App) async throws -> [Slug] {
        try await machines.store.read { try $0.slugs(of: app.id) }
    }

    package func slug(_ id: SlugID) async throws -> Slug? { try await machines.store.read { try $0.slug(id) } }

    /// Code and config of an older release, as a new one.
    package func rollback(_ app: App, to release: Release) async throws -> Release {
        try await relaunch(release, of: app, description: "Rollback to v\(release.version)")
    }

    /// The same slug and config once more, as a new release.
    package func retry(
        _ release: Release, of app: App, narration: @escaping Narration = { _ in }
    ) async throws -> Release {
        try await relaunch(
            release, of: app, description: "Retry of v\(release.version): \(release.description)",
            narration: narration)
    }

    private func relaunch(
        _ release: Release, of app: App, description: String, narration: @escaping Narration = { _ in }
    ) async throws -> Release {
        try await changes.take(app.id) {
            let slug = try await machines.store.read { transaction -> Slug? in
                guard let id = release.slug else { return nil }
                return try transaction.slug(id)
            }
            if release.slug != nil, slug == nil { throw PlatformError.noSuchRelease("v\(release.version)") }
            // Without code there is nothing to boot: the dynos would stay those of a release that is no longer current.
            if slug == nil, try await currentRelease(of: app)?.slug != nil {
                throw PlatformError.nothingToRollBackTo(app.name)
            }
            let config = try await config(again: release, of: app)
            let draft = Draft(description: description, slug: slug, config: config)
            let result = try await launch(draft, of: app, announcing: [description], narration: narration)
            return try succeeded(result, of: app)
        }
    }

    /// The release of a launch that serves, or is as good as what was there; else the error that says why not.
    func succeeded(_ result: LaunchResult, of app: App) throws -> Release {
        switch result {
        case .serving(let release), .crashed(let release, _, _): return release
        case .commandFailed(let release, let status):
            throw PlatformError.releaseCommandFailed(app.name, version: release.version, status: status)
        case .refused(let release, let reason, _):
            throw PlatformError.bootFailed(app.name, version: release.version, reason: reason)
        }
    }

    /// Removes slugs that none of an app's last releases needs, and layers that no slug needs.
    ///
    /// Skipped while a build is under way: it may have found a layer that nothing else names yet.
    func collectSlugs() async throws {
        guard !builds.isAnyTaken else { return }
        let kept = settings.keptReleases
        let needed = try await machines.store.write { transaction in
            var layers: Set<String> = []
            for app in try transaction.apps() {
                var slugs = Set(try transaction.releases(of: app.id).prefix(kept).compactMap(\.slug))
                if let current = try transaction.currentRelease(of: app.id)?.slug { slugs.insert(current) }
                for slug in try transaction.slugs(of: app.id) {
                    if slugs.contains(slug.id) {
                        layers.formUnion(slug.layers)
                    } else {
                        try transaction.removeSlug(slug.id)
                    }
                }
            }
            return layers
        }
        let inUse = await reconciler.layersInUse()
        let (layers, keeping) = (machines.layers, needed.union(inUse))
        try await machines.blocking { try layers.collect(keeping: keeping) }
    }
}
