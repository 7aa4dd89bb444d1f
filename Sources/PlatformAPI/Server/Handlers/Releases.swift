internal import APISchema
internal import HTTP
internal import Model
internal import Platform

extension APIServer {
    static let releaseRoutes: [Route] = [
        Route("GET", "apps/:app/releases") { call in
            let app = try await call.app()
            let context = try await ReleaseContext(app, call)
            let releases = try await call.platform.releases(of: app).reversed()
            return try call.list(releases.map { ReleaseResource($0, context) })
        },
        Route("GET", "apps/:app/releases/:release") { call in
            let app = try await call.app()
            let release = try await call.platform.release(call.parameter("release"), of: app)
            return try .ok(ReleaseResource(release, try await ReleaseContext(app, call)))
        },
        Route("POST", "apps/:app/releases") { call in
            let app = try await call.app()
            let wanted = try await call.platform.release(try call.body(ReleaseCreate.self).release, of: app)
            let made = try await call.platform.rollback(app, to: wanted)
            return try .ok(ReleaseResource(made, try await ReleaseContext(app, call)), status: 201)
        },
        Route("POST", "paas/v1/apps/:app/releases/:release/retry") { call in
            let app = try await call.app()
            let release = try await call.platform.release(call.parameter("release"), of: app)
            try await call.narrate { line in
                do {
                    let made = try await call.platform.retry(release, of: app, narration: line)
                    await line("Released v\(made.version)")
                    return true
                } catch let error as any Explained {
                    await line(error.explanation.what)
                    if !error.explanation.why.isEmpty { await line(error.explanation.why) }
                    return false
                }
            }
            return .answered
        },
        Route("GET", "paas/v1/apps/:app/releases/:release/output") { call in
            let release = try await call.platform.release(call.parameter("release"), of: try await call.app())
            return .text(try await call.platform.output(of: release) ?? [])
        },
        Route("GET", "apps/:app/slugs/:slug") { call in
            let app = try await call.app()
            guard let id = SlugID(call.parameter("slug")), let slug = try await call.platform.slug(id),
                slug.app == app.id
            else { throw BadRequest.noSuch(resource: "slug", call.parameter("slug")) }
            return try .ok(SlugResource(slug))
        },
    ]
}

/// What the resources of an app's releases share.
struct ReleaseContext {
    let app: App
    let account: Account
    let current: ReleaseID?
    /// The slugs that declare a release command.
    let commanding: Set<SlugID>
    let links: Links

    init(_ app: App, _ call: Call) async throws {
        let platform = call.platform
        self.app = app
        links = call.links
        account = try await platform.account()
        current = try await platform.currentRelease(of: app)?.id
        commanding = Set(try await platform.slugs(of: app).filter { $0.processTypes[.release] != nil }.map(\.id))
    }
}

extension ReleaseResource {
    init(_ release: Release, _ context: ReleaseContext) {
        self.init(
            app: NamedReference(context.app), createdAt: release.createdAt.iso8601, description: release.description,
            id: "\(release.id)", updatedAt: release.updatedAt.iso8601,
            slug: release.slug.map { Reference(id: "\($0)") },
            status: release.status.rawValue,
            user: AccountReference(id: "\(context.account.id)", email: release.actor), version: release.version,
            current: release.id == context.current,
            outputStreamURL: release.slug.flatMap { slug in
                context.commanding.contains(slug)
                    ? context.links.url("apps/\(context.app.id)/releases/\(release.version)/output") : nil
            },
            eligibleForRollback: release.slug != nil && release.status == .succeeded)
    }
}

extension SlugResource {
    init(_ slug: Slug) {
        self.init(
            // Slugs are folders of this machine; there is no archive to fetch.
            blob: SlugBlob(method: "get", url: "http://localhost/paas/v1/slugs/\(slug.id)"),
            buildpackProvidedDescription: slug.buildpackName, commit: slug.commit, createdAt: slug.createdAt.iso8601,
            id: "\(slug.id)",
            processTypes: Dictionary(slug.processTypes.map { ($0.key.text, $0.value) }, uniquingKeysWith: { $1 }),
            size: slug.sizeBytes, stack: .stack, updatedAt: slug.createdAt.iso8601)
    }
}
