internal import APISchema
internal import Model
internal import Platform

extension APIServer {
    static let dynoRoutes: [Route] = [
        Route("GET", "apps/:app/dynos") { call in
            let app = try await call.app()
            let release = await call.platform.reconciler.blueprint(of: app.id)?.release
            let dynos = await call.platform.reconciler.dynos(of: app.id)
            return try call.list(dynos.map { DynoResource($0, app, release: release) })
        },
        Route("POST", "apps/:app/dynos") { call in
            let app = try await call.app()
            let body = try call.body(DynoCreate.self)
            let isAttached = body.attach ?? false
            let oneOff = Platform.OneOff(
                command: body.command, environment: body.env ?? [:],
                streams: isAttached ? .attached(body.env ?? [:], isPipe: body.forceNoTty ?? false) : .logged,
                size: body.size, type: body.type.flatMap { ProcessType($0) } ?? .run)
            let dyno = try await call.platform.run(oneOff, in: app)
            let release = await call.platform.reconciler.blueprint(of: app.id)?.release
            var resource = DynoResource(dyno, app, release: release)
            if isAttached {
                resource.attachURL = "http://localhost/paas/v1/apps/\(app.id)/dynos/\(dyno.id)/attach"
            }
            return try .ok(resource, status: 201)
        },
        Route("DELETE", "apps/:app/dynos") { call in
            try await call.platform.restart(try await call.app())
            return try .ok([String: String](), status: 202)
        },
        Route("GET", "apps/:app/dynos/:dyno") { call in
            let app = try await call.app()
            let wanted = call.parameter("dyno")
            let dynos = await call.platform.reconciler.dynos(of: app.id)
            guard let dyno = dynos.first(where: { "\($0.name)" == wanted || "\($0.id)" == wanted }) else {
                throw PlatformError.noSuchDyno(wanted)
            }
            let release = await call.platform.reconciler.blueprint(of: app.id)?.release
            return try .ok(DynoResource(dyno, app, release: release))
        },
        Route("DELETE", "apps/:app/dynos/:dyno") { call in
            let wanted = call.parameter("dyno")
            guard let dyno = DynoName(wanted) else { throw PlatformError.noSuchDyno(wanted) }
            try await call.platform.restart(try await call.app(), dyno: dyno)
            return try .ok([String: String](), status: 202)
        },
        Route("POST", "apps/:app/dynos/:dyno/actions/stop") { call in
            try await call.platform.stopDyno(call.parameter("dyno"), of: try await call.app())
            return try .ok([String: String](), status: 202)
        },
        Route("DELETE", "apps/:app/formations/:type") { call in
            let wanted = call.parameter("type")
            guard let type = ProcessType(wanted) else { throw PlatformError.noSuchProcessType(wanted) }
            try await call.platform.restart(try await call.app(), type: type)
            return try .ok([String: String](), status: 202)
        },
        Route("POST", "apps/:app/formations/:type/actions/stop") { call in
            try await call.platform.stopType(call.parameter("type"), of: try await call.app())
            return try .ok([String: String](), status: 202)
        },
        Route("GET", "paas/v1/apps/:app/dynos/:dyno/attach") { call in
            try await call.attach()
            return .answered
        },
    ]
}

extension DynoSpec.Streams {
    /// A terminal of the client's size, unless it asked for pipes.
    fileprivate static func attached(_ environment: [String: String], isPipe: Bool) -> Self {
        guard !isPipe else { return .pipes }
        return .terminal(
            rows: environment["LINES"].flatMap { Int($0) } ?? 24,
            columns: environment["COLUMNS"].flatMap { Int($0) } ?? 80)
    }
}

extension DynoResource {
    init(_ dyno: DynoView, _ app: App, release: Release?) {
        self.init(
            command: dyno.command, createdAt: dyno.since.iso8601, id: "\(dyno.id)", name: "\(dyno.name)",
            release: ReleaseReference(id: release.map { "\($0.id)" } ?? "", version: dyno.releaseVersion),
            app: NamedReference(app), size: dyno.size.name, state: dyno.state.rawValue, type: dyno.name.type.text,
            updatedAt: dyno.since.iso8601)
    }
}
