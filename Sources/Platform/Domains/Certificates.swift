package import Model
package import Router
package import Store

/// Certificates that people bring for domains of their own.
extension Platform {
    /// A certificate as the API shows it.
    package struct EndpointView: Sendable {
        package let endpoint: SNIEndpoint
        package let facts: CertificateFacts
        package let domains: [Domain]
    }

    package func endpoints(of app: App) async throws -> [EndpointView] {
        let (endpoints, domains) = try await machines.store.read { transaction in
            (try transaction.endpoints(of: app.id), try transaction.domains(of: app.id))
        }
        return try endpoints.map { endpoint in try view(of: endpoint, domains) }
    }

    /// - Parameter nameOrID: the certificate's own.
    package func endpoint(_ nameOrID: String, of app: App) async throws -> EndpointView {
        let found = try await endpoints(of: app).first { view in
            view.endpoint.name == nameOrID || "\(view.endpoint.id)" == nameOrID.lowercased()
        }
        guard let found else { throw PlatformError.noSuchCertificate(nameOrID) }
        return found
    }

    private func view(of endpoint: SNIEndpoint, _ domains: [Domain]) throws -> EndpointView {
        EndpointView(
            endpoint: endpoint, facts: try CertificateCheck.facts(of: Array(endpoint.chain.utf8)),
            domains: domains.filter { $0.endpoint == endpoint.id })
    }

    /// Keeps a certificate with its key; domains are given to it by ``setCertificate(of:in:to:)``.
    ///
    /// - Throws: ``InvalidCertificate``.
    package func addCertificate(chain: String, key: String, to app: App) async throws -> EndpointView {
        let accepted = try accept(chain: chain, key: key)
        let actor = try await actor()
        let now = machines.time.now()
        let endpoint = try await machines.store.write { transaction in
            guard try transaction.app(app.id) != nil else { throw PlatformError.noSuchApp(app.name.text) }
            let endpoint = SNIEndpoint(
                app: app.id, name: try transaction.freeEndpointName(), chain: accepted.chain, key: accepted.key,
                createdAt: now, updatedAt: now)
            try transaction.insert(endpoint)
            try transaction.record(Self.event(endpoint, "create", by: actor, at: now))
            return endpoint
        }
        return try view(of: endpoint, [])
    }

    /// Puts another certificate in the place of one; its domains are served with the new one from the next connection
    /// on.
    ///
    /// - Throws: ``InvalidCertificate``; ``PlatformError/notCovered(_:by:)`` when it does not name all of the domains.
    package func updateCertificate(
        _ nameOrID: String, of app: App, chain: String, key: String
    ) async throws -> EndpointView {
        let before = try await endpoint(nameOrID, of: app)
        let accepted = try accept(chain: chain, key: key)
        let facts = try CertificateCheck.facts(of: Array(accepted.chain.utf8))
        if let left = before.domains.first(where: { !facts.covers($0.host) }) {
            throw PlatformError.notCovered(left.host, by: facts.hosts)
        }
        let actor = try await actor()
        let now = machines.time.now()
        var endpoint = before.endpoint
        endpoint.chain = accepted.chain
        endpoint.key = accepted.key
        endpoint.updatedAt = now
        try await changeCertificates { [endpoint] transaction in
            try transaction.update(endpoint)
            try transaction.record(Self.event(endpoint, "update", by: actor, at: now))
        }
        return try await self.endpoint("\(endpoint.id)", of: app)
    }

    /// - Returns: what it was; its domains go on with what the machine's own authority signs for them.
    package func removeCertificate(_ nameOrID: String, from app: App) async throws -> EndpointView {
        let view = try await endpoint(nameOrID, of: app)
        let actor = try await actor()
        let now = machines.time.now()
        try await changeCertificates { transaction in
            try transaction.remove(view.endpoint.id)
            try transaction.record(Self.event(view.endpoint, "destroy", by: actor, at: now))
        }
        return view
    }

    /// Has a domain served with that certificate.
    ///
    /// - Parameter nameOrID: the certificate's; `nil` for none of the app's own.
    /// - Throws: ``PlatformError/notCovered(_:by:)``.
    package func setCertificate(of domain: Domain, in app: App, to nameOrID: String?) async throws -> Domain {
        let wanted: EndpointView? =
            if let nameOrID { try await endpoint(nameOrID, of: app) } else { nil }
        if let wanted, !wanted.facts.covers(domain.host) {
            throw PlatformError.notCovered(domain.host, by: wanted.facts.hosts)
        }
        let actor = try await actor()
        var changed = domain
        changed.endpoint = wanted?.endpoint.id
        changed.updatedAt = machines.time.now()
        try await changeCertificates { [changed] transaction in
            try transaction.update(changed)
            try transaction.record(Self.event(changed, "update", by: actor, at: changed.updatedAt))
        }
        return changed
    }

    /// The first of the app's certificates that names the host.
    func covering(_ host: HostName, of app: App) async throws -> SNIEndpointID? {
        try await machines.store.read { try $0.endpoints(of: app.id) }.first { endpoint in
            try CertificateCheck.facts(of: Array(endpoint.chain.utf8), asksTheSystem: false).covers(host)
        }?.id
    }

    /// What the app's certificates are called.
    package func endpointNames(of app: App) async throws -> [SNIEndpointID: String] {
        let pairs = try await machines.store.read { try $0.endpoints(of: app.id) }.map { ($0.id, $0.name) }
        return Dictionary(pairs, uniquingKeysWith: { $1 })
    }

    private func accept(chain: String, key: String) throws -> (chain: String, key: PrivateKeyText) {
        let accepted = try CertificateCheck.accept(
            chain: Array(chain.utf8), key: Array(key.utf8), now: Int(machines.time.now().microseconds / 1_000_000))
        return (
            String(decoding: accepted.chainPEM, as: UTF8.self),
            PrivateKeyText(String(decoding: accepted.keyPEM, as: UTF8.self))
        )
    }

    private static func event(_ endpoint: SNIEndpoint, _ action: String, by actor: String, at now: Timestamp) -> Event {
        Event(
            time: now, actor: actor, app: endpoint.app, resource: "sni-endpoint", resourceID: "\(endpoint.id)",
            action: action, before: action == "create" ? nil : endpoint.name,
            after: action == "destroy" ? nil : endpoint.name)
    }

    // MARK: The router

    /// Makes a change, and returns when every new connection sees it.
    private func changeCertificates(
        _ body: @escaping @Sendable (borrowing Transaction) throws -> Void
    ) async throws {
        try await machines.store.write(body)
        try await presentCertificates()
    }

    /// Has the router make every certificate of the machine's authority anew when a client next asks for it.
    package func refreshCertificates() async throws { try await presentCertificates() }

    /// Tells the router which certificates to show for which hosts; one after the other, so that the last one told is
    /// what holds.
    func presentCertificates() async throws {
        try await presenting.take(Self.everyApp) {
            await machines.routing.present(try await Self.certificates(in: machines.store))
            await reconciler.publish()
        }
    }

    private static let everyApp = AppID(words: (0, 0))

    /// What the router is to show for domains that have a certificate of their own.
    package static func certificates(in store: Store) async throws -> [TLSMaterial.Own] {
        let (endpoints, domains) = try await store.read { transaction in
            (try transaction.allEndpoints(), try transaction.allDomains())
        }
        let hosts = Dictionary(grouping: domains.filter { $0.endpoint != nil }, by: \.endpoint)
        return endpoints.compactMap { endpoint in
            guard let served = hosts[endpoint.id] else { return nil }
            return TLSMaterial.Own(
                hosts: served.map(\.host.text), chainPEM: Array(endpoint.chain.utf8),
                keyPEM: Array(endpoint.key.revealed.utf8))
        }
    }
}

extension Transaction {
    fileprivate borrowing func freeEndpointName() throws -> String {
        var generator = SystemRandomNumberGenerator()
        while true {
            guard let name = AppName.random(using: &generator)?.text, try endpoint(named: name) == nil else { continue }
            return name
        }
    }
}
