internal import APISchema
internal import HTTP
internal import Model
internal import Platform

extension APIServer {
    static let dynoRoutes: [Route] = [
        Route("GET", "apps/:app/dynos") { call in
            let app = try await call.app()
            let dynos = await call.platform.reconciler.dynos(of: app.id)
            return try call.list(
                try await call.resources(dynos, app, isExtended: call.request.query["extended"] == "true"))
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
            var resource = try await call.resource(dyno, app)
            if isAttached { resource.attachURL = call.links.url("apps/\(app.id)/dynos/\(dyno.id)/attach") }
            return try .ok(resource, status: 201)
        },
        Route("DELETE", "apps/:app/dynos") { call in
            try await call.platform.restart(try await call.app())
            return try .ok([String: String](), status: 202)
        },
        Route("GET", "apps/:app/dynos/:dyno") { call in
            let app = try await call.app()
            return try .ok(try await call.resource(try await call.dyno(of: app), app))
        },
        Route("DELETE", "apps/:app/dynos/:dyno") { call in
            let app = try await call.app()
            try await call.platform.restart(app, dyno: try await call.dyno(of: app).name)
            return try .ok([String: String](), status: 202)
        },
        Route("POST", "apps/:app/dynos/:dyno/actions/stop") { call in
            let app = try await call.app()
            try await call.platform.stopDyno("\(try await call.dyno(of: app).name)", of: app)
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
        Route("GET", "paas/v1/apps/:app/lost-files") { call in
            let wanted = call.request.query["dyno"]
            let name = wanted.flatMap { DynoName($0) }
            if let wanted, name == nil { throw PlatformError.noSuchDyno(wanted) }
            let losses = try await call.platform.losses(of: try await call.app(), dyno: name)
            return try .ok(losses.map(DynoLossResource.init))
        },
        Route("GET", "paas/v1/apps/:app/dynos/:dyno/attach") { call in
            try await call.attach()
            return .answered
        },
        Route("POST", "paas/v1/apps/:app/dynos/:dyno/exec") { call in
            try await call.execute()
            return .answered
        },
    ]
}

extension DynoLossResource {
    fileprivate init(_ loss: DynoLoss) {
        self.init(
            dyno: "\(loss.name)", id: "\(loss.id)", time: loss.time.iso8601, count: loss.files.count,
            complete: loss.files.isComplete, files: loss.files.files.map { File(path: $0.path, size: $0.sizeBytes) })
    }
}

extension Call {
    /// The dyno that the path names, or gives the id of.
    func dyno(of app: App) async throws -> DynoView {
        let wanted = parameter("dyno")
        let dynos = await platform.reconciler.dynos(of: app.id)
        guard let dyno = dynos.first(where: { "\($0.name)" == wanted || "\($0.id)" == wanted }) else {
            throw PlatformError.noSuchDyno(wanted)
        }
        return dyno
    }

    fileprivate func resource(_ dyno: DynoView, _ app: App) async throws -> DynoResource {
        DynoResource(dyno, app, release: try await platform.release("\(dyno.releaseVersion)", of: app))
    }

    fileprivate func resources(
        _ dynos: [DynoView], _ app: App, isExtended: Bool
    ) async throws -> [DynoResource] {
        var releases: [Int: Release] = [:]
        for version in Set(dynos.map(\.releaseVersion)) {
            releases[version] = try await platform.release("\(version)", of: app)
        }
        return dynos.compactMap { dyno in
            releases[dyno.releaseVersion].map { release in
                var resource = DynoResource(dyno, app, release: release)
                if isExtended { resource.extended = DynoExtension(dyno) }
                return resource
            }
        }
    }
}

extension DynoSpec.Streams {
    /// A terminal of the client's size, unless it asked for pipes.
    static func attached(_ environment: [String: String], isPipe: Bool) -> Self {
        guard !isPipe else { return .pipes }
        return .terminal(
            rows: environment["LINES"].flatMap { Int($0) } ?? 24,
            columns: environment["COLUMNS"].flatMap { Int($0) } ?? 80)
    }
}

extension DynoResource {
    init(_ dyno: DynoView, _ app: App, release: Release) {
        self.init(
            command: dyno.command, createdAt: dyno.since.iso8601, id: "\(dyno.id)", name: "\(dyno.name)",
            release: ReleaseReference(id: "\(release.id)", version: release.version),
            app: NamedReference(app), size: dyno.size.name, state: dyno.state.rawValue, type: dyno.name.type.text,
            updatedAt: dyno.since.iso8601, reason: dyno.reason)
    }
}

extension DynoExtension {
    init(_ dyno: DynoView) {
        var port: Int?
        if case .tcp(_, let number) = dyno.endpoint { port = Int(number) }
        self.init(port: port, sandbox: dyno.sandbox?.rawValue)
    }
}
