internal import Git
internal import Logs
internal import Model
internal import Slugs
internal import Store

extension Platform {
    /// Brings everything to where it should be after a start, whatever ended the daemon before.
    ///
    /// Releases and builds that were under way are marked failed; dynos that still run are adopted; what should run
    /// and does not is started.
    package func start() async throws {
        // Before any dyno starts.
        _ = await machines.runtime.exposure()
        try await failUnfinished()
        let (files, git, folder) = (machines.files, machines.git, "\(settings.home)/builds")
        try await machines.blocking {
            try files.remove(folder)
            try git.removeLeftovers()
        }
        try await finishDestroying()
        try await refreshHooks()
        var plans: [Reconciler.Plan] = []
        let asleep = try await machines.store.read { try $0.sleepingApps() }
        let domains = Dictionary(grouping: try await machines.store.read { try $0.allDomains() }, by: \.app)
        for app in try await apps() {
            let current = try await machines.store.read { transaction -> (Release, Slug)? in
                guard let release = try transaction.currentRelease(of: app.id), let id = release.slug,
                    let slug = try transaction.slug(id)
                else { return nil }
                return (release, slug)
            }
            var blueprint: Blueprint?
            do {
                blueprint = try current.map { try self.blueprint($0.0, $0.1) }
            } catch {
                // One app whose files are gone keeps no other from running.
                await say("The slug of v\(current?.0.version ?? 0) is gone; push again to deploy", in: app.id)
            }
            plans.append(
                .init(
                    app: app, blueprint: blueprint, formation: try await formation(of: app),
                    asleepSince: asleep[app.id], domains: Set(domains[app.id, default: []].map(\.host)),
                    earlyConfig: blueprint == nil ? try await config(of: app) : ConfigVars()))
        }
        try await openPartners()
        let handles = await machines.runtime.adopt()
        let servers = handles.filter { $0.tags[ServerKeeper.tag] != nil }
        // Before the apps that need them.
        await machines.servers.resume(servers, wanted: try await wantedServers())
        try await openMail()
        try await settleAddons()
        try await reinstateAddons()
        try await failUnfinishedTransfers()
        let (hours, countedUntil) = try await countedHours()
        let dynos = handles.filter { $0.tags[ServerKeeper.tag] == nil }
        // Before anything new is due.
        try await settleScheduledRuns(adopting: dynos)
        await reconciler.resume(plans, adopting: dynos, hours: hours, countedUntil: countedUntil)
        // An app that does not start with them keeps what it had; the next start tries again.
        reconciler.later { [self] in try? await refreshAttachments() }
        // Layers of a build that was interrupted, or of an app that was destroyed; else after the next push.
        reconciler.later { [self] in try? await collectSlugs() }
    }

    /// Removes what is left of apps that are gone from the books: the daemon died while it destroyed them.
    private func finishDestroying() async throws {
        let living = Set(try await apps().map(\.id))
        let (files, git, caches) = (machines.files, machines.git, "\(settings.home)/cache")
        try await machines.blocking {
            // What cannot be removed keeps nothing from running, and is tried again at the next start.
            for app in git.apps() where !living.contains(app) { try? git.remove(app) }
            for name in files.names(caches) {
                guard let app = AppID(name), !living.contains(app) else { continue }
                try? files.remove("\(caches)/\(name)")
            }
        }
        for app in await machines.logs.apps where !living.contains(app) { await machines.logs.remove(app) }
    }

    private func failUnfinished() async throws {
        let now = machines.time.now()
        let interrupted = try await machines.store.write { transaction in
            var interrupted: [(App, Release)] = []
            for app in try transaction.apps() {
                for var build in try transaction.builds(of: app.id) where build.status == .pending {
                    build.status = .failed
                    build.updatedAt = now
                    try transaction.update(build)
                }
                for var release in try transaction.releases(of: app.id) where release.status == .pending {
                    release.status = .failed
                    release.updatedAt = now
                    try transaction.update(release)
                    interrupted.append((app, release))
                }
            }
            return interrupted
        }
        for (app, release) in interrupted {
            await say("Release v\(release.version) was interrupted; the release before it keeps running", in: app.id)
        }
    }
}
