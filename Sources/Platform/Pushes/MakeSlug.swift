internal import Buildpacks
internal import Git
internal import Model
internal import Slugs
internal import Store

extension Platform {
    /// Exports a commit, runs the buildpacks over it, and keeps what comes out.
    func makeSlug(
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
        let (files, blocking) = (machines.files, machines.blocking)
        reconciler.later { try? await blocking { try files.remove(folder) } }
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
