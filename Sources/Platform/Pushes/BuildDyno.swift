internal import Buildpacks
internal import Dyno
package import Model
internal import Store

extension Platform {
    /// How a build's commands run: each in a dyno of its own over the same tree.
    func buildRunner(for app: App, tree: String, cache: String) async throws -> BuildRunner {
        let hasAppFolder = await machines.runtime.sandbox().level.hasAppFolder
        let reconciler = reconciler
        return BuildRunner(
            appPath: hasAppFolder ? "/app" : tree, cachePath: hasAppFolder ? "/cache" : cache
        ) { step, output in
            let name = await reconciler.freeName(.run, in: app.id)
            let folders = DynoSpec.BuildFolders(
                tree: tree, cache: cache, overlays: step.overlays, readable: step.readable)
            let spec = DynoSpec(
                app: app.id, appOrdinal: app.ordinal, name: name, content: .build(folders), command: step.command,
                environment: step.environment.merging(["DYNO": "\(name)"]) { $1 },
                tags: ["role": LiveDyno.Role.build.rawValue])
            return try await withTaskCancellationHandler {
                try await reconciler.startOneOff(
                    spec, releaseVersion: 0, role: .build, isAwaited: true, tap: output)
                let ending = await reconciler.ending(of: spec.id, in: app.id)
                try Task.checkCancellation()
                return ending
            } onCancel: {
                Task { await reconciler.abandon(spec.id, in: app.id) }  // Ends with the dyno, at the latest.
            }
        }
    }

    package func builds(of app: App) async throws -> [Build] {
        try await machines.store.read { try $0.builds(of: app.id) }
    }

    package func build(_ text: String, of app: App) async throws -> Build {
        let found = try await machines.store.read { transaction -> Build? in
            guard let id = BuildID(text), let build = try transaction.build(id), build.app == app.id else { return nil }
            return build
        }
        guard let found else { throw PlatformError.noSuchBuild(text) }
        return found
    }

    package func output(of build: Build) async throws -> [UInt8] {
        try await machines.store.read { try $0.buildOutput(build.id) ?? [] }
    }
}
