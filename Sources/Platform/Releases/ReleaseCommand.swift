internal import Model
internal import Store

extension Platform {
    /// The release phase: the new slug and config in a one-off dyno, before anything else of the release runs.
    ///
    /// Its output is stored with the release and narrated. Source: heroku-platform.md §6.
    func runReleaseCommand(
        _ command: String, of app: App, blueprint: Blueprint, narration: @escaping Narration
    ) async throws -> Ending {
        let release = blueprint.release
        await say("Running release v\(release.version) commands by user \(release.actor)", in: app.id)
        await say("Starting process with command `\(command)` by user \(release.actor)", in: app.id)
        let name = await reconciler.freeName(.release, in: app.id)
        let own = DynoEnvironment.of(name, in: app, blueprint: blueprint)
        let mail = machines.mailEnvironment(for: own, in: app)
        let environment = own.merging(mail) { $1 }
        let spec = DynoSpec(
            app: app.id, appOrdinal: app.ordinal, name: name, content: .slug(layers: blueprint.layers),
            command: command, environment: environment,
            tags: ["role": "leaving", "release": "\(release.version)"],
            network: .of(
                app, environment: environment, routerPort: settings.port,
                more: machines.mailPorts(for: environment)),
            readable: machines.mailFolders(mail))
        let store = machines.store
        try await reconciler.startOneOff(
            spec, releaseVersion: release.version, role: .oneOff, isAwaited: true
        ) { line in
            await narration(String(decoding: line, as: UTF8.self))
            // The output is kept for `releases:output`; that it cannot be written does not end the command.
            try? await store.write { try $0.appendReleaseOutput(line + [UInt8(ascii: "\n")], to: release.id) }
        }
        let limit = Task { [reconciler, machines] in  // Ended below, whichever comes first.
            try await machines.time.sleep(.seconds(3600))
            await reconciler.abandon(spec.id, in: app.id)
        }
        defer { limit.cancel() }
        return await reconciler.ending(of: spec.id, in: app.id)
    }
}
