internal import APISchema
internal import Model
internal import Platform

extension APIServer {
    static let certificateRoutes: [Route] = [
        Route("POST", "apps/:app/acm") { call in
            let app = try await call.platform.setAutomaticCertificates(true, of: try await call.app())
            return try .ok(try await call.resource(app))
        },
        Route("DELETE", "apps/:app/acm") { call in
            let app = try await call.platform.setAutomaticCertificates(false, of: try await call.app())
            return try .ok(try await call.resource(app))
        },
        Route("PATCH", "apps/:app/acm") { call in
            let app = try await call.app()
            guard app.hasAutomaticCertificates else { throw PlatformError.noAutomaticCertificates(app.name) }
            try await call.platform.refreshCertificates()
            return try .ok(try await call.resource(app))
        },
        Route("GET", "apps/:app/sni-endpoints") { call in
            let app = try await call.app()
            return try call.list(try await call.platform.endpoints(of: app).map { SNIEndpointResource($0, of: app) })
        },
        Route("POST", "apps/:app/sni-endpoints") { call in
            let body = try call.body(CertificateUpload.self)
            let app = try await call.app()
            let added = try await call.platform.addCertificate(
                chain: body.certificateChain, key: body.privateKey, to: app)
            return try .ok(SNIEndpointResource(added, of: app), status: 201)
        },
        Route("GET", "apps/:app/sni-endpoints/:endpoint") { call in
            let app = try await call.app()
            return try .ok(
                SNIEndpointResource(try await call.platform.endpoint(call.parameter("endpoint"), of: app), of: app))
        },
        Route("PATCH", "apps/:app/sni-endpoints/:endpoint") { call in
            let body = try call.body(CertificateUpload.self)
            let app = try await call.app()
            let updated = try await call.platform.updateCertificate(
                call.parameter("endpoint"), of: app, chain: body.certificateChain, key: body.privateKey)
            return try .ok(SNIEndpointResource(updated, of: app))
        },
        Route("DELETE", "apps/:app/sni-endpoints/:endpoint") { call in
            let app = try await call.app()
            let removed = try await call.platform.removeCertificate(call.parameter("endpoint"), from: app)
            return try .ok(SNIEndpointResource(removed, of: app))
        },
    ]
}

extension SNIEndpointResource {
    fileprivate init(_ view: Platform.EndpointView, of app: App) {
        let (endpoint, facts) = (view.endpoint, view.facts)
        self.init(
            certificateChain: endpoint.chain, createdAt: endpoint.createdAt.iso8601, id: "\(endpoint.id)",
            name: endpoint.name, updatedAt: endpoint.updatedAt.iso8601, displayName: nil,
            domains: view.domains.map { "\($0.id)" }, app: NamedReference(app),
            sslCert: CertificateDetails(
                isCASigned: facts.isTrusted, certDomains: facts.hosts, expiresAt: facts.expiresAt.iso8601,
                issuer: facts.issuer, isSelfSigned: facts.isSelfSigned, startsAt: facts.startsAt.iso8601,
                subject: facts.subject, id: FixedID.ofCertificate(endpoint.id)))
    }
}
