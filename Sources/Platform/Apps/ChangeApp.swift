package import Model
internal import Store

extension Platform {
    /// Gives the app another name; its id, folders, logs and dynos stay as they are.
    package func rename(_ app: App, to newName: String) async throws -> App {
        let name = try AppName(newName)
        if Self.reservedNames.contains(name.text) { throw PlatformError.nameTaken(name) }
        return try await change(app, "rename") { transaction, app in
            guard try transaction.app(named: name).map({ $0.id == app.id }) ?? true else {
                throw PlatformError.nameTaken(name)
            }
            app.name = name
        }
    }

    package func setMaintenance(_ isOn: Bool, of app: App) async throws -> App {
        try await change(app, "maintenance") { _, app in app.maintenance = isOn }
    }

    package func setBuildpacks(_ buildpacks: [String], of app: App) async throws -> App {
        try await change(app, "buildpacks") { _, app in app.buildpacks = buildpacks }
    }

    package func setFeature(_ name: String, isOn: Bool, of app: App) async throws -> App {
        guard let feature = AppFeature(rawValue: name) else { throw PlatformError.noSuchFeature(name) }
        // Refused now rather than when the next dyno starts.
        if feature == .privateNetwork, isOn { try await machines.runtime.tryOwnNetwork() }
        return try await change(app, "feature") { _, app in app.features[feature.rawValue] = isOn }
    }

    /// - Parameter isOn: whether the machine's authority signs for the app's domains that have no certificate of their own.
    package func setAutomaticCertificates(_ isOn: Bool, of app: App) async throws -> App {
        try await change(app, "acm") { _, app in app.hasAutomaticCertificates = isOn }
    }

    func change(
        _ app: App, _ action: String, _ body: @escaping @Sendable (borrowing Transaction, inout App) throws -> Void
    ) async throws -> App {
        let actor = try await actor()
        let now = machines.time.now()
        let changed = try await machines.store.write { transaction in
            guard var current = try transaction.app(app.id) else { throw PlatformError.noSuchApp(app.name.text) }
            let before = current
            try body(transaction, &current)
            current.updatedAt = now
            try transaction.update(current)
            try transaction.record(
                Event(
                    time: now, actor: actor, app: app.id, resource: "app", resourceID: "\(app.id)", action: action,
                    before: Self.summary(before), after: Self.summary(current)))
            return current
        }
        await reconciler.track(changed)
        return changed
    }

    private static func summary(_ app: App) -> String {
        let features = app.features.sorted { $0.key < $1.key }.map { "\($0.value ? "+" : "-")\($0.key)" }
        let sleep = "sleep-after=\(app.sleepAfter.components.seconds)s"
        return ([app.name.text, app.maintenance ? "maintenance" : "live"] + app.buildpacks + features + [sleep])
            .joined(separator: " ")
    }
}
