internal import Git
internal import Logs
package import Model
internal import Slugs
internal import Store

extension Platform {
    /// Stops the app's dynos and removes everything that belongs to it.
    package func destroy(_ app: App) async throws {
        let actor = try await actor()
        let now = machines.time.now()
        try await destroyAddons(of: app)
        try await changes.take(app.id) {
            try await machines.store.write { transaction in
                try transaction.record(
                    Event(
                        time: now, actor: actor, app: app.id, resource: "app", resourceID: "\(app.id)",
                        action: "destroy", before: app.name.text, after: nil))
                try transaction.remove(app.id)
            }
            await reconciler.forget(app.id)
            try await presentCertificates()
            await machines.logs.remove(app.id)
            let (git, files, cache) = (machines.git, machines.files, cacheFolder(of: app.id))
            let backups = backupFolder(of: app.id)
            try await machines.blocking {
                try files.remove(backups)
                try git.remove(app.id)
                try files.remove(cache)
            }
        }
        try await collectSlugs()
    }

    /// Empties the app's build cache.
    package func purgeCache(of app: App) async throws {
        let (files, cache) = (machines.files, cacheFolder(of: app.id))
        try await builds.take(app.id) { try await machines.blocking { try files.remove(cache) } }
    }

    func cacheFolder(of app: AppID) -> String { "\(settings.home)/cache/\(app)" }
}
