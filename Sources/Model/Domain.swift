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

package typealias DomainID = Identifier<Domain>
