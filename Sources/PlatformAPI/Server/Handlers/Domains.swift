internal import APISchema
internal import Model
internal import Platform

extension APIServer {
    static let domainRoutes: [Route] = [
        Route("GET", "apps/:app/domains") { call in
            let app = try await call.app()
            let names = try await call.platform.endpointNames(of: app)
            let own = try await call.platform.domains(of: app)
            return try call.list(
                [DomainResource(of: app, call)] + own.map { DomainResource($0, of: app, names, call) })
        },
        Route("POST", "apps/:app/domains") { call in
            let body = try call.body(DomainCreate.self)
            let app = try await call.app()
            let domain = try await call.platform.addDomain(body.hostname, to: app, certificate: body.sniEndpoint)
            return try await call.answer(domain, of: app, status: 201)
        },
        Route("GET", "apps/:app/domains/:domain") { call in
            let app = try await call.app()
            if call.isOwnDomain(of: app) { return try .ok(DomainResource(of: app, call)) }
            return try await call.answer(try await call.domain(of: app), of: app)
        },
        Route("PATCH", "apps/:app/domains/:domain") { call in
            let body = try call.body(DomainUpdate.self)
            let app = try await call.changeableApp()
            let domain = try await call.domain(of: app)
            let changed = try await call.platform.setCertificate(of: domain, in: app, to: body.sniEndpoint)
            return try await call.answer(changed, of: app)
        },
        Route("DELETE", "apps/:app/domains/:domain") { call in
            let app = try await call.changeableApp()
            return try await call.answer(
                try await call.platform.removeDomain(call.parameter("domain"), from: app), of: app)
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

    fileprivate func domain(of app: App) async throws -> Domain {
        try await platform.domain(parameter("domain"), of: app)
    }

    fileprivate func answer(_ domain: Domain, of app: App, status: Int = 200) async throws -> Answer {
        try .ok(DomainResource(domain, of: app, try await platform.endpointNames(of: app), self), status: status)
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

    fileprivate init(_ domain: Domain, of app: App, _ names: [SNIEndpointID: String], _ call: Call) {
        let endpoint = domain.endpoint.flatMap { id in names[id].map { NamedReference(id: "\(id)", name: $0) } }
        let certification = domain.certification(in: app)
        self.init(
            acmStatus: certification.map { $0 == .issued ? "cert issued" : "failed" },
            acmStatusReason: certification == .impossible ? Self.noNameOfTheWorld : nil,
            app: NamedReference(app), cname: call.platform.settings.ownHost(app.name),
            createdAt: domain.createdAt.iso8601, hostname: domain.host.text, id: "\(domain.id)", kind: "custom",
            updatedAt: domain.updatedAt.iso8601, sniEndpoint: endpoint)
    }

    private static let noNameOfTheWorld =
        "The authority of this machine signs no names of the world: bring a certificate with paas certs:add CRT KEY."
}
