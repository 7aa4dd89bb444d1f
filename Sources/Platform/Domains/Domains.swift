package import Model
internal import Store

extension Platform {
    /// The app's own host names, by name.
    package func domains(of app: App) async throws -> [Domain] {
        try await machines.store.read { try $0.domains(of: app.id) }
    }

    /// - Parameter nameOrID: a host name, or a domain's id.
    package func domain(_ nameOrID: String, of app: App) async throws -> Domain {
        let found = try await machines.store.read { transaction -> Domain? in
            if let id = DomainID(nameOrID) { return try transaction.domain(id) }
            guard let host = try? HostName(nameOrID) else { return nil }  // What is none is no domain's name either.
            return try transaction.domain(host)
        }
        guard let found, found.app == app.id else { throw PlatformError.noSuchDomain(nameOrID) }
        return found
    }

    /// Has the app answer requests for that host; the router does when this returns.
    ///
    /// - Parameter certificate: name or id of the one to serve it with; `nil` for the first of the app that names it.
    /// - Throws: ``InvalidHostName``, ``PlatformError/domainIsThere``, ``PlatformError/domainTaken(_:)`` or
    ///   ``PlatformError/notCovered(_:by:)``.
    package func addDomain(_ name: String, to app: App, certificate: String? = nil) async throws -> Domain {
        let host = try HostName(name)
        let actor = try await actor()
        let now = machines.time.now()
        var endpoint = try await covering(host, of: app)
        if let certificate {
            let wanted = try await self.endpoint(certificate, of: app)
            guard wanted.facts.covers(host) else { throw PlatformError.notCovered(host, by: wanted.facts.hosts) }
            endpoint = wanted.endpoint.id
        }
        let domain = Domain(app: app.id, host: host, createdAt: now, updatedAt: now, endpoint: endpoint)
        try await domainChanges.take(app.id) {
            try await machines.store.write { transaction in
                guard try transaction.app(app.id) != nil else { throw PlatformError.noSuchApp(app.name.text) }
                if let holder = try transaction.domain(host) {
                    throw holder.app == app.id ? PlatformError.domainIsThere : .domainTaken(host)
                }
                try transaction.insert(domain)
                try transaction.record(Self.event(domain, "create", by: actor, at: now))
            }
            // Before the host is served, so that its first client sees it.
            if endpoint != nil { try await presentCertificates() }
            await reconciler.add(host, to: app.id)
        }
        return domain
    }

    /// - Returns: what it was.
    package func removeDomain(_ nameOrID: String, from app: App) async throws -> Domain {
        let domain = try await domain(nameOrID, of: app)
        let actor = try await actor()
        let now = machines.time.now()
        try await domainChanges.take(app.id) {
            try await machines.store.write { transaction in
                try transaction.remove(domain.id)
                try transaction.record(Self.event(domain, "destroy", by: actor, at: now))
            }
            if domain.endpoint != nil { try await presentCertificates() }
            await reconciler.remove(domain.host, from: app.id)
        }
        return domain
    }

    static func event(_ domain: Domain, _ action: String, by actor: String, at now: Timestamp) -> Event {
        Event(
            time: now, actor: actor, app: domain.app, resource: "domain", resourceID: "\(domain.id)", action: action,
            before: action == "create" ? nil : domain.host.text, after: action == "destroy" ? nil : domain.host.text)
    }
}
