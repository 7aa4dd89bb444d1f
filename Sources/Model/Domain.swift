/// A host name of an app's own, beside its `NAME.localhost`.
package struct Domain: Sendable, Equatable {
    package let id: DomainID
    package let app: AppID
    package let host: HostName
    package let createdAt: Timestamp
    package var updatedAt: Timestamp
    /// The certificate of somebody's own that it is served with; `nil` for what the machine's authority signs.
    package var endpoint: SNIEndpointID?

    package init(
        id: DomainID = DomainID(), app: AppID, host: HostName, createdAt: Timestamp, updatedAt: Timestamp,
        endpoint: SNIEndpointID? = nil
    ) {
        self.id = id
        self.app = app
        self.host = host
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.endpoint = endpoint
    }
}

extension Domain {
    /// How it comes by a certificate, as far as that happens by itself.
    package enum Certification: Sendable, Equatable {
        /// Clients that ask for it are shown one.
        case issued
        /// The machine's authority signs no names of the world, and nobody has brought one.
        case impossible
    }

    /// - Returns: `nil` where the app does without.
    package func certification(in app: App) -> Certification? {
        guard app.hasAutomaticCertificates else { return nil }
        return endpoint != nil || host.isLocal ? .issued : .impossible
    }
}

package typealias DomainID = Identifier<Domain>
