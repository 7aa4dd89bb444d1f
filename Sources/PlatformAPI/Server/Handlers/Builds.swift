internal import APISchema
internal import Model
internal import Platform

extension APIServer {
    static let buildRoutes: [Route] = [
        Route("GET", "apps/:app/builds") { call in
            let app = try await call.app()
            let account = try await call.platform.account()
            let builds = try await call.platform.builds(of: app).sorted { $0.createdAt < $1.createdAt }
            return try call.list(builds.map { BuildResource($0, account, call.links) })
        },
        Route("GET", "apps/:app/builds/:build") { call in
            let build = try await call.platform.build(call.parameter("build"), of: try await call.app())
            return try .ok(BuildResource(build, try await call.platform.account(), call.links))
        },
        Route("GET", "paas/v1/apps/:app/builds/:build/output") { call in
            let build = try await call.platform.build(call.parameter("build"), of: try await call.app())
            return .text(try await call.platform.output(of: build))
        },
        Route("DELETE", "apps/:app/build-cache") { call in
            try await call.platform.purgeCache(of: try await call.app())
            return try .ok([String: String](), status: 202)
        },
        Route("GET", "apps/:app/buildpack-installations") { call in
            try call.list(BuildpackInstallationResource.all(of: try await call.app()))
        },
        Route("PUT", "apps/:app/buildpack-installations") { call in
            let buildpacks = try call.body(BuildpackInstallationsUpdate.self).updates.map(\.buildpack)
            let app = try await call.platform.setBuildpacks(buildpacks, of: try await call.app())
            return try .ok(BuildpackInstallationResource.all(of: app))
        },
    ]
}

extension BuildResource {
    init(_ build: Build, _ account: Account, _ links: Links) {
        self.init(
            app: Reference(id: "\(build.app)"), buildpacks: build.buildpacks.map { BuildpackReference($0) },
            createdAt: build.createdAt.iso8601, id: "\(build.id)",
            outputStreamURL: links.url("apps/\(build.app)/builds/\(build.id)/output"),
            sourceBlob: SourceBlob(url: "", version: build.commit),
            release: build.release.map { Reference(id: "\($0)") },
            slug: build.slug.map { Reference(id: "\($0)") }, stack: NamedReference.stack.name,
            status: build.status.rawValue, updatedAt: build.updatedAt.iso8601,
            user: AccountReference(id: "\(account.id)", email: build.actor))
    }
}

extension BuildpackInstallationResource {
    fileprivate static func all(of app: App) -> [Self] {
        app.buildpacks.enumerated().map { Self(ordinal: $0.offset, buildpack: BuildpackReference($0.element)) }
    }
}

extension BuildpackReference {
    /// `urn:buildpack:heroku/python` is called `heroku/python`; what has no such name is called by its URL.
    fileprivate init(_ buildpack: String) {
        let prefix = "urn:buildpack:"
        let name = buildpack.hasPrefix(prefix) ? String(buildpack.dropFirst(prefix.count)) : buildpack
        let isRegistered = name.split(separator: "/").count == 2 && !name.contains(":")
        self.init(url: isRegistered ? prefix + name : buildpack, name: name)
    }
}
