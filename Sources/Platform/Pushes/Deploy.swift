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
            await provision(product.addons, for: app, transcript: transcript)
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

    /// What a buildpack asks for at the first deploy: a Django app counts on its database. Source: buildpack-api.md §2.
    ///
    /// The deploy goes on without what cannot be had.
    private func provision(_ wanted: [String], for app: App, transcript: Transcript) async {
        guard !wanted.isEmpty, app.has(.autoAddons) else { return }
        guard let current = try? await currentRelease(of: app), current.slug == nil else { return }
        let there = Set((try? await addons(of: app).map(\.service)) ?? [])
        var made: [String] = []
        for name in wanted {
            guard let service = try? addonService(String(name.prefix { $0 != ":" })), !there.contains(service.name)
            else {
                continue
            }
            do {
                _ = try await createAddon(AddonRequest(plan: name), for: app)
                made.append(name)
            } catch {
                let reason = (error as? any Explained)?.explanation.sentence ?? "\(error)"
                await transcript.line(" !     \(name) could not be provisioned: \(reason)")
            }
        }
        guard !made.isEmpty else { return }
        await transcript.line(
            " !     The following add-ons were automatically provisioned: \(made.joined(separator: ", ")).")
        await transcript.line(" !     Run `paas addons` for more info; `paas features:disable auto-addons` stops this.")
        await transcript.line("")
    }

    private func release(_ slug: Slug, of app: App, transcript: Transcript) async throws -> LaunchResult {
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
                    await transcript.line("       \(settings.webURL(await renamed(app).name)) deployed to paas")
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
}
