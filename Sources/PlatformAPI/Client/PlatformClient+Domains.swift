package import APISchema

/// The host names of apps. `domain` is a host name or an id everywhere.
extension PlatformClient {
    package func domains(of app: String) async throws -> [DomainResource] { try await list(["apps", app, "domains"]) }

    package func domain(_ domain: String, of app: String) async throws -> DomainResource {
        try await call("GET", ["apps", app, "domains", domain])
    }

    package func addDomain(_ body: DomainCreate, to app: String) async throws -> DomainResource {
        try await call("POST", ["apps", app, "domains"], body: body)
    }

    package func updateDomain(_ domain: String, of app: String, _ body: DomainUpdate) async throws {
        try await perform("PATCH", ["apps", app, "domains", domain], body: body)
    }

    package func removeDomain(_ domain: String, from app: String) async throws {
        try await perform("DELETE", ["apps", app, "domains", domain])
    }
}

/// The certificates of apps. `endpoint` is a name or an id everywhere.
extension PlatformClient {
    package func endpoints(of app: String) async throws -> [SNIEndpointResource] {
        try await list(["apps", app, "sni-endpoints"])
    }

    package func addCertificate(_ body: CertificateUpload, to app: String) async throws -> SNIEndpointResource {
        try await call("POST", ["apps", app, "sni-endpoints"], body: body)
    }

    package func updateCertificate(
        _ endpoint: String, of app: String, _ body: CertificateUpload
    ) async throws -> SNIEndpointResource {
        try await call("PATCH", ["apps", app, "sni-endpoints", endpoint], body: body)
    }

    package func removeCertificate(_ endpoint: String, from app: String) async throws {
        try await perform("DELETE", ["apps", app, "sni-endpoints", endpoint])
    }
}

/// Automatic Certificate Management of an app.
extension PlatformClient {
    package func setAutomaticCertificates(_ isOn: Bool, of app: String) async throws {
        try await perform(isOn ? "POST" : "DELETE", ["apps", app, "acm"])
    }

    package func refreshCertificates(of app: String) async throws { try await perform("PATCH", ["apps", app, "acm"]) }
}
