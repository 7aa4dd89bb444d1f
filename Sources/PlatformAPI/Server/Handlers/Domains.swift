internal import APISchema
internal import Model
internal import Platform

extension APIServer {
    static let domainRoutes: [Route] = [
        Route("GET", "apps/:app/domains") { call in
            let app = try await call.app()
            let own = try await call.platform.domains(of: app)
            return try call.list([DomainResource(of: app, call)] + own.map { DomainResource($0, of: app, call) })
        },
        Route("POST", "apps/:app/domains") { call in
            let body = try call.body(DomainCreate.self)
            let app = try await call.app()
            try call.refuse(endpoint: body.sniEndpoint)
            let domain = try await call.platform.addDomain(body.hostname, to: app)
            return try .ok(DomainResource(domain, of: app, call), status: 201)
        },
        Route("GET", "apps/:app/domains/:domain") { call in
            let app = try await call.app()
            if call.isOwnDomain(of: app) { return try .ok(DomainResource(of: app, call)) }
            return try .ok(
                DomainResource(try await call.platform.domain(call.parameter("domain"), of: app), of: app, call))
        },
        Route("PATCH", "apps/:app/domains/:domain") { call in
            let body = try call.body(DomainUpdate.self)
            let app = try await call.changeableApp()
            try call.refuse(endpoint: body.sniEndpoint)
            return try .ok(
                DomainResource(try await call.platform.domain(call.parameter("domain"), of: app), of: app, call))
        },
        Route("DELETE", "apps/:app/domains/:domain") { call in
            let app = try await call.changeableApp()
            let domain = try await call.platform.removeDomain(call.parameter("domain"), from: app)
            return try .ok(DomainResource(domain, of: app, call))
        },
    ]
}

extension Call {
    /// Whether the path means the app's `NAME.localhost`.
    fileprivate func isOwnDomain(of app: App) -> Bool {
        [FixedID.ofOwnDomain(app.id), platform.settings.ownHost(app.name)].contains(parameter("domain").lowercased())
    }

    /// The app of a domain that can be changed.
    fileprivate func changeableApp() async throws -> App {
        let app = try await app()
        guard !isOwnDomain(of: app) else { throw PlatformError.ownDomain(platform.settings.ownHost(app.name)) }
        return app
    }

    fileprivate func refuse(endpoint: String?) throws {
        if let endpoint { throw BadRequest.noSuch(resource: "sni endpoint", endpoint) }
    }
}

extension DomainResource {
    /// The app's `NAME.localhost`.
    fileprivate init(of app: App, _ call: Call) {
        self.init(
            app: NamedReference(app), cname: nil, createdAt: app.createdAt.iso8601,
            hostname: call.platform.settings.ownHost(app.name), id: FixedID.ofOwnDomain(app.id), kind: "heroku",
            updatedAt: app.updatedAt.iso8601)
    }

    fileprivate init(_ domain: Domain, of app: App, _ call: Call) {
        self.init(
            app: NamedReference(app), cname: call.platform.settings.ownHost(app.name),
            createdAt: domain.createdAt.iso8601, hostname: domain.host.text, id: "\(domain.id)", kind: "custom",
            updatedAt: domain.updatedAt.iso8601)
    }
}
