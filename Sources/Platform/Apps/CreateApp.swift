internal import Git
package import Model
internal import Store

extension Platform {
    /// Makes an app with its repository and the two releases that every new app has.
    ///
    /// - Parameter name: `nil` for a random one.
    /// - Throws: ``InvalidAppName``, ``PlatformError/nameTaken(_:)``, or what the repository's making throws; nothing
    ///   is left behind then.
    package func createApp(name: String?, buildpacks: [String] = []) async throws -> App {
        let wanted = try name.map { try AppName($0) }
        if let wanted, Self.reservedNames.contains(wanted.text) { throw PlatformError.nameTaken(wanted) }
        let actor = try await actor()
        let now = machines.time.now()
        let id = AppID()
        let app = try await machines.store.write { transaction in
            let name = try wanted ?? transaction.freeRandomName()
            guard try transaction.app(named: name) == nil else { throw PlatformError.nameTaken(name) }
            var app = App(
                id: id, name: name, createdAt: now, updatedAt: now, buildpacks: buildpacks,
                ordinal: try transaction.freeOrdinal())
            app.releasedAt = now
            try transaction.insert(app)
            for (version, description) in [(1, "Initial release"), (2, "Enable Logplex")] {
                let release = Release(
                    app: id, version: version, status: .succeeded, description: description, slug: nil,
                    config: ConfigVars(), actor: actor, createdAt: now, updatedAt: now)
                try transaction.insert(release)
                try transaction.setCurrentRelease(release.id, of: id)
            }
            try transaction.record(
                Event(
                    time: now, actor: actor, app: id, resource: "app", resourceID: "\(id)", action: "create",
                    before: nil, after: name.text))
            return app
        }
        do {
            let (git, hook) = (machines.git, hookScript(for: id))
            try await machines.blocking { try git.create(id, hook: hook) }
        } catch {
            // An app without its repository would be of no use: it is as if it had never been. What cannot be removed
            // now, the next start removes.
            let git = machines.git
            try? await machines.blocking { try git.remove(id) }
            try await machines.store.write { try $0.remove(id) }
            throw error
        }
        await say("Initial release by user \(actor)", in: id)
        await say("Release v1 created by user \(actor)", in: id)
        await say("Enable Logplex by user \(actor)", in: id)
        await say("Release v2 created by user \(actor)", in: id)
        await reconciler.track(app)
        return app
    }

    /// Names that are hosts of the platform itself.
    static let reservedNames: Set<String> = ["api", "git", "mail", "dashboard", "www", "paas", "localhost"]

    /// The pre-receive hook: it knows the program and the home by their absolute paths.
    func hookScript(for app: AppID) -> String {
        """
        #!/bin/sh
        PAAS_HOME=\(Self.shellQuoted(settings.home)) exec \(Self.shellQuoted(settings.cli)) git-hook \(app)

        """
    }

    private static func shellQuoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    /// Writes the hooks again, for a home or a program that has moved.
    ///
    /// A repository that is gone is made anew: the app runs on, and the next push fills it.
    func refreshHooks() async throws {
        for app in try await apps() {
            let (git, hook, id) = (machines.git, hookScript(for: app.id), app.id)
            do {
                try await machines.blocking { try git.refreshHook(of: id, hook: hook) }
            } catch {
                do { try await machines.blocking { try git.create(id, hook: hook) } } catch {
                    await say("The app's repository can't be used: \(error)", in: id)
                }
            }
        }
    }
}

extension Transaction {
    fileprivate borrowing func freeRandomName() throws -> AppName {
        var generator = SystemRandomNumberGenerator()
        while true {
            guard let name = AppName.random(using: &generator), try app(named: name) == nil else { continue }
            return name
        }
    }
}
