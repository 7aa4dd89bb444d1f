internal import Model
internal import Posix

/// Turns an exported commit into layers and process types.
package struct Builder: Sendable {
    private let runner: BuildRunner
    private let shelf: LayerShelf

    package init(runner: BuildRunner, shelf: LayerShelf) {
        self.runner = runner
        self.shelf = shelf
    }

    /// Builds, and prints from "Building on the Heroku-24 stack" to the end of "Discovering process types".
    ///
    /// - Throws: ``BuildFailure``, whose text up to and with " !     Push failed" has been printed; what the runner
    ///   throws; `CancellationError`.
    package func build(_ request: BuildRequest, output: BuildOutput) async throws -> BuildProduct {
        var session = BuildSession(request: request, runner: runner, shelf: shelf, output: output)
        try session.cache.makeFolder("")
        await output.step("Building on the Heroku-24 stack")
        try await deleteIgnored(session)
        do {
            let chosen = try await choose(session)
            var release = PackRelease()
            var title = ""
            for (position, pack) in chosen.packs.enumerated() {
                title = try await detect(pack, session, announced: chosen.announced)
                do {
                    release = try await pack.compile(&session)
                } catch is PackFailure {
                    throw BuildFailure.compileFailed(title)
                } catch let obstacle as PosixError {
                    await session.output.error("Error: \(obstacle.description)")
                    throw BuildFailure.compileFailed(title)
                }
                if position < chosen.packs.count - 1 { try clearOverlays(session) }
            }
            try clearOverlays(session)
            let types = try await discoverProcessTypes(session, defaults: release.defaultProcessTypes)
            return BuildProduct(
                layers: session.layers, processTypes: types, buildpackName: title,
                buildpacks: chosen.packs.map(\.name), addons: release.addons)
        } catch let failure as BuildFailure {
            await report(failure, session.output)
            throw failure
        }
    }

    /// Where a layer was laid, nothing of the tree's own may stand in its way (a mount point, a link).
    private func clearOverlays(_ session: BuildSession) throws {
        for overlay in session.overlays { try session.tree.remove(overlay.below) }
        if session.tree.isFolder(".heroku"), session.tree.names(in: ".heroku").isEmpty {
            try session.tree.remove(".heroku")
        }
    }

    private func deleteIgnored(_ session: BuildSession) async throws {
        guard let bytes = session.tree.read(".slugignore"), let text = (try? SourceText(bytes))?.text else { return }
        let ignore = SlugIgnore(text)
        for pattern in ignore.unsupported {
            await session.output.warning("Warning: .slugignore has no negation; \(pattern) was ignored.")
        }
        let count = try ignore.delete(below: session.tree.root)
        guard count > 0 else { return }
        await session.output.step("Deleting \(count) \(count == 1 ? "file" : "files") matching .slugignore patterns.")
    }

    // MARK: Which packs

    private struct Choice {
        var packs: [any Buildpack]
        var announced: Bool
    }

    private func choose(_ session: BuildSession) async throws -> Choice {
        let names = session.config("BUILDPACK_URL").map { [$0] } ?? session.request.buildpacks
        guard !names.isEmpty else {
            await session.output.step("Determining which buildpack to use for this app")
            for pack in Self.detectable {
                if case .detected = try await pack.detect(session) { return Choice(packs: [pack], announced: false) }
            }
            throw BuildFailure.noBuildpack(tried: DetectedFiles.all)
        }
        if names.count == 1 {
            await session.output.step("Using buildpack: \(names[0])")
        } else {
            await session.output.step("Using buildpacks:")
            for (index, name) in names.enumerated() { await session.output.raw("        \(index + 1). \(name)") }
        }
        return Choice(packs: try names.map(Self.pack), announced: true)
    }

    private static let detectable: [any Buildpack] = [NodePack(), PythonPack(), SwiftPack()]

    private static func pack(_ name: String) throws -> any Buildpack {
        switch BuildpackName.meaning(of: name) {
        case .builtIn(let known):
            for pack in detectable where pack.name == known { return pack }
            throw BuildFailure.unsupportedBuildpack(known)
        case .unsupported(let known): throw BuildFailure.unsupportedBuildpack(known)
        case .outside(let source): return ClassicPack(name: source)
        }
    }

    private func detect(_ pack: any Buildpack, _ session: BuildSession, announced: Bool) async throws -> String {
        switch try await pack.detect(session) {
        case .detected(let title):
            await session.output.step("\(title) app detected")
            return title
        case .notDetected(let lines):
            await session.output.step("App not compatible with buildpack: \(pack.name)")
            await session.output.body("")
            for line in lines { await session.output.failure(line) }
            await session.output.blank()
            await session.output.blank()
            await session.output.body(
                "More info: https://devcenter.heroku.com/articles/buildpacks#buildpack-auto-detection")
            throw BuildFailure.incompatible(buildpack: pack.name)
        }
    }

    // MARK: The end

    private func discoverProcessTypes(
        _ session: BuildSession, defaults: [ProcessType: String]
    ) async throws -> [ProcessType: String] {
        let output = session.output
        await output.step("Discovering process types")
        let reading = try await ProcfileReader(session: session).read()
        let declared = Dictionary(reading.entries, uniquingKeysWith: { $1 })
        let extra = defaults.filter { declared[$0.key] == nil }
        let names = declared.keys.sorted().map(\.text).joined(separator: ", ")
        let shown = names.isEmpty ? "(none)" : names
        if extra.isEmpty {
            await output.body("Procfile declares types -> \(shown)")
        } else {
            await output.body("Procfile declares types     -> \(shown)")
            let names = extra.keys.sorted().map(\.text).joined(separator: ", ")
            await output.body("Default types for buildpack -> \(names)")
        }
        return declared.merging(extra) { $1 }
    }

    private func report(_ failure: BuildFailure, _ output: BuildOutput) async {
        switch failure {
        case .compileFailed(let name):
            await output.failure("Push rejected, failed to compile \(name) app.")
        case .noBuildpack(let tried):
            await output.failure("No default language could be detected for this app.")
            await output.raw(
                "\t\t\tHINT: This occurs when Heroku cannot detect the buildpack to use for this application"
                    + " automatically.")
            await output.raw("\t\t\tSee https://devcenter.heroku.com/articles/buildpacks")
            await output.raw("\t\t\tLooked for: \(tried.joined(separator: ", "))")
        case .incompatible: break
        case .unsupportedBuildpack, .unreachableBuildpack, .procfile:
            let explanation = failure.explanation
            await output.failure("\(explanation.what): \(explanation.why)")
            for step in explanation.mend { await output.failure("  \(step)") }
        }
        await output.blank()
        await output.failure("Push failed")
    }
}
