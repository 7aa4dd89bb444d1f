/// A host name of an app's own, beside its `NAME.localhost`.
package struct Domain: Sendable, Equatable {
    package let id: DomainID
    package let app: AppID
    package let host: HostName
    package let createdAt: Timestamp
    package var updatedAt: Timestamp

    package init(
        id: DomainID = DomainID(), app: AppID, host: HostName, createdAt: Timestamp, updatedAt: Timestamp
    ) {
        self.id = id
        self.app = app
        self.host = host
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

package typealias DomainID = Identifier<Domain>
