internal import Buildpacks
internal import Git
internal import Logs
internal import Model
internal import Slugs
internal import Store

extension Platform {
    /// Builds a commit and launches it. The output's lines are those of buildpack-api.md §5.
    func deploy(
        _ commit: String, of app: App, objectDirectories: [String], line: @escaping Narration
    ) async throws -> Bool {
        let actor = try await actor()
        let start = machines.time.now()
        var build = Build(app: app.id, commit: commit, actor: actor, createdAt: start, updatedAt: start)
        let opened = build
        try await machines.store.write { try $0.insert(opened) }
        await say("Build started by user \(actor)", in: app.id)
        let transcript = Transcript(build.id, store: machines.store, line: line)
        do {
            let (slug, product) = try await makeSlug(
                from: commit, of: app, build: build.id, objectDirectories: objectDirectories, transcript: transcript)
            build.slug = slug.id
            build.buildpacks = product.buildpacks
            let result = try await release(slug, of: app, transcript: transcript)
            build.release = result.release.id
            let isAccepted = await tell(result, of: app, transcript: transcript)
            await finish(build, isAccepted ? .succeeded : .failed, app: app)
            return isAccepted
        } catch {
            await explain(error, of: app, transcript: transcript)
            await finish(build, .failed, app: app)
            return false
        }
    }

    private func finish(_ build: Build, _ status: Build.Status, app: App) async {
        var finished = build
        finished.status = status
        finished.updatedAt = machines.time.now()
        let row = finished
        // The push has been answered; a row that cannot be written is found pending, and failed, at the next start.
        try? await machines.store.write { try $0.update(row) }
        await say(status == .succeeded ? "Build succeeded" : "Build failed -- check your build output", in: app.id)
    }

    // MARK: Source to slug

    private func makeSlug(
        from commit: String, of app: App, build: BuildID, objectDirectories: [String], transcript: Transcript
    ) async throws -> (Slug, BuildProduct) {
        let folder = "\(settings.home)/builds/\(build)"
        let (tree, cache) = ("\(folder)/app", cacheFolder(of: app.id))
        let (files, git) = (machines.files, machines.git)
        let free = try await machines.blocking { try files.freeBytes(files.existing(cache)) }
        guard free > 64 << 20 else { throw PlatformError.diskFull(free: free) }
        defer { reconcilerCleans(folder) }
        let export = try await machines.blocking {
            try files.makeFolder(folder)
            try files.makeFolder(cache)
            return try git.export(
                commit, of: app.id, alternates: objectDirectories, into: tree, limits: ExportLimits())
        }
        await transcript.line("Updated \(export.files) paths from \(commit.prefix(7))")
        try await fetchSubmodules(of: export, into: tree, transcript: transcript)
        await tell(export, transcript: transcript)
        await transcript.line("Compressing source files... done.")
        await transcript.line("Building source:")
        await transcript.line("")
        let config = try await config(of: app)
        let runner = try await buildRunner(for: app, tree: tree, cache: cache)
        let layers = machines.layers
        // Layers belong to one app: its files are its own user's, and another app must not be able to prepare them.
        let shelf = LayerShelf(
            find: { layers.path(of: "\(app.id)-\($0)") },
            keep: { try layers.keep("\(app.id)-\($0)", movingFrom: $1) })
        let product = try await Builder(runner: runner, shelf: shelf).build(
            BuildRequest(
                tree: tree, cache: cache, buildpacks: app.buildpacks, config: config, commit: commit,
                searchPath: settings.searchPath, home: settings.ownerHome, passthrough: settings.buildPassthrough,
                isStrict: app.has(.strict)),
            output: BuildOutput { await transcript.bytes($0) })
        try Task.checkCancellation()
        return (try await keep(product, tree: tree, commit: commit, of: app, transcript: transcript), product)
    }

    /// The tree becomes the slug's own, uppermost layer.
    private func keep(
        _ product: BuildProduct, tree: String, commit: String, of app: App, transcript: Transcript
    ) async throws -> Slug {
        await transcript.line("")
        await transcript.line("-----> Compressing...")
        let id = SlugID()
        let name = "\(app.id)-\(id)"
        let shared = product.layers.map { "\(app.id)-\($0)" }
        let (layers, limit) = (machines.layers, settings.slugLimitBytes)
        let size = try await machines.blocking {
            let folders = [try layers.keep(name, movingFrom: tree)] + shared.compactMap { layers.path(of: $0) }
            let sum = ([name] + shared).reduce(0) { $0 + layers.size(of: $1) }
            return try SlugSize.measured(layers: folders, sum: sum, limit: limit)
        }
        guard size <= limit else {
            throw PlatformError.slugTooLarge(SlugSize.format(size), limit: SlugSize.format(limit))
        }
        await transcript.line("       Done: \(SlugSize.format(size))")
        let slug = Slug(
            id: id, app: app.id, commit: commit, layers: [name] + shared,
            processTypes: product.processTypes, sizeBytes: size, buildpackName: product.buildpackName,
            createdAt: machines.time.now())
        try await machines.store.write { try $0.insert(slug) }
        return slug
    }

    /// Removes a build's folder in the background; what a crash leaves is removed at the next start.
    private func reconcilerCleans(_ folder: String) {
        let (files, blocking, reconciler) = (machines.files, machines.blocking, reconciler)
        Task {  // Handed on at once to the reconciler, which owns it.
            await reconciler.later { try? await blocking { try files.remove(folder) } }
        }
    }

    // MARK: Slug to release

    private func release(_ slug: Slug, of app: App, transcript: Transcript) async throws -> LaunchResult {
        let url = settings.webURL(app.name)
        await transcript.line("-----> Launching...")
        if slug.sizeBytes > SlugSize.softLimitBytes {
            await transcript.line(
                " !     Warning: Your slug size (\(slug.sizeBytes >> 20) MB) exceeds our soft limit (300 MB) which may"
                    + " affect boot time.")
        }
        let hasCommand = slug.processTypes[.release] != nil
        if hasCommand {
            await transcript.line(
                " !     Release command declared: this new release will not be available until the command succeeds.")
        }
        // From here on the release's row exists: a client that hangs up no longer stops it.
        let launching = Task {
            try await changes.take(app.id) {
                let description = "Deploy \((slug.commit ?? "").prefix(8))"
                let draft = Draft(description: description, slug: slug, config: try await config(of: app))
                return try await launch(draft, of: app, announcing: [description]) { release in
                    guard hasCommand else { return }
                    await transcript.line("       Released v\(release.version)")
                    await transcript.line("       \(url) deployed to paas")
                    await transcript.line("")
                    await transcript.line("Verifying deploy... done.")
                    await transcript.line("Running release command...")
                    await transcript.line("")
                } narration: {
                    await transcript.line($0)
                }
            }
        }
        return try await launching.value
    }

    /// Tells the push how the launch went.
    ///
    /// - Returns: whether the push is accepted: as on Heroku also when the release command failed, and when a first
    ///   release crashes.
    private func tell(_ result: LaunchResult, of app: App, transcript: Transcript) async -> Bool {
        let hasCommand: Bool
        do { hasCommand = try await slug(result.release.slug ?? SlugID())?.processTypes[.release] != nil } catch {
            hasCommand = false  // Only the form of the message hangs on it.
        }
        switch result {
        case .serving(let release), .crashed(let release, _, _):
            if hasCommand {
                await transcript.line("Waiting for release.... done.")
            } else {
                await transcript.line("       Released v\(release.version)")
                await transcript.line("       \(settings.webURL(app.name)) deployed to paas")
                await transcript.line("")
                await transcript.line("Verifying deploy... done.")
            }
            guard case .crashed(_, let reason, let lines) = result else { return true }
            await transcript.line("")
            await transcript.line(" !     Release v\(release.version) is deployed, but it does not run: \(reason).")
            await tell(lines, transcript: transcript)
            await transcript.line(" !     See what happened: paas logs --tail -a \(app.name)")
            return true
        case .commandFailed(let release, _):
            await transcript.line("Waiting for release.... failed.")
            await transcript.line(
                " !     The release command failed; the release before v\(release.version) keeps running. What the"
                    + " command has changed outside the app stays changed.")
            return true
        case .refused(let release, let reason, let lines):
            await transcript.line(" !     Release v\(release.version) did not start: \(reason).")
            await tell(lines, transcript: transcript)
            await transcript.line(" !     The release before it keeps running.")
            await transcript.line("")
            await pushFailed(app, transcript: transcript)
            return false
        }
    }

    private func tell(_ lastLines: [String], transcript: Transcript) async {
        guard !lastLines.isEmpty else { return }
        await transcript.line(" !     Its last lines:")
        for line in lastLines { await transcript.line("       \(line)") }
    }

    private func pushFailed(_ app: App, transcript: Transcript) async {
        await transcript.line(" !     Push failed")
        await transcript.line("Verifying deploy...")
        await transcript.line("")
        await transcript.line("!\tPush rejected to \(app.name).")
        await transcript.line("")
    }

    private func explain(_ error: any Error, of app: App, transcript: Transcript) async {
        switch error {
        case is CancellationError:
            await transcript.line(" !     Build cancelled")
        case is BuildFailure:
            // The build has printed its own reason, up to "Push failed".
            await transcript.line("Verifying deploy...")
            await transcript.line("")
            await transcript.line("!\tPush rejected to \(app.name).")
            await transcript.line("")
            return
        case let explained as any Explained:
            let explanation = explained.explanation
            await transcript.line(" !     \(explanation.what)")
            if !explanation.why.isEmpty { await transcript.line(" !     \(explanation.why)") }
            for step in explanation.mend { await transcript.line(" !     \(step)") }
        default:
            await transcript.line(" !     \(error)")
        }
        await transcript.line("")
        await pushFailed(app, transcript: transcript)
    }
}

extension Files {
    /// The nearest folder above `path` that is there.
    fileprivate func existing(_ path: String) -> String {
        var path = path[...]
        while (try? freeBytes(String(path))) == nil, let slash = path.lastIndex(of: "/") {  // Not there: one higher.
            path = path[..<slash]
        }
        return path.isEmpty ? "/" : String(path)
    }
}
