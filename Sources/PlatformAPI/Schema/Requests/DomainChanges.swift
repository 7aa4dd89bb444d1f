/// Body of `POST /apps/{app}/domains`.
package struct DomainCreate: Codable, Sendable, Equatable {
    package var hostname: String
    /// Name or id; `nil` lets the platform choose.
    @Nullable package var sniEndpoint: String?

    package init(hostname: String, sniEndpoint: String? = nil) {
        self.hostname = hostname
        self.sniEndpoint = sniEndpoint
    }

    private enum CodingKeys: String, CodingKey {
        case hostname
        case sniEndpoint = "sni_endpoint"
    }
}

/// Body of `PATCH /apps/{app}/domains/{domain}`.
package struct DomainUpdate: Codable, Sendable, Equatable {
    /// Name or id; `nil` takes the domain from the certificate that it had.
    @Nullable package var sniEndpoint: String?

    package init(sniEndpoint: String?) { self.sniEndpoint = sniEndpoint }

    private enum CodingKeys: String, CodingKey {
        case sniEndpoint = "sni_endpoint"
    }
}
