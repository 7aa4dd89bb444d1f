/// A certificate that somebody brought for domains of an app, with its key.
package struct SNIEndpoint: Sendable, Equatable {
    package let id: SNIEndpointID
    package let app: AppID
    /// `calm-tor-12345`.
    package let name: String
    /// PEM: the certificate first, then those above it.
    package var chain: String
    package var key: PrivateKeyText
    package let createdAt: Timestamp
    package var updatedAt: Timestamp

    package init(
        id: SNIEndpointID = SNIEndpointID(), app: AppID, name: String, chain: String, key: PrivateKeyText,
        createdAt: Timestamp, updatedAt: Timestamp
    ) {
        self.id = id
        self.app = app
        self.name = name
        self.chain = chain
        self.key = key
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

package typealias SNIEndpointID = Identifier<SNIEndpoint>

/// A private key in PEM. Prints as `[redacted]`, so that it reaches no log by accident.
package struct PrivateKeyText: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible {
    /// For the database and the router alone.
    package let revealed: String

    package init(_ pem: String) { revealed = pem }

    package var description: String { "[redacted]" }
    package var debugDescription: String { "[redacted]" }
}

/// What a certificate says about itself.
package struct CertificateFacts: Sendable, Equatable {
    /// `CN=www.example.test`.
    package var subject: String
    package var issuer: String
    /// Lower case; `*.example.test` for one label in front.
    package var hosts: [String]
    package var startsAt: Timestamp
    package var expiresAt: Timestamp
    package var isSelfSigned: Bool
    /// This machine's own store of authorities vouches for it.
    package var isTrusted: Bool

    package init(
        subject: String, issuer: String, hosts: [String], startsAt: Timestamp, expiresAt: Timestamp,
        isSelfSigned: Bool, isTrusted: Bool
    ) {
        self.subject = subject
        self.issuer = issuer
        self.hosts = hosts
        self.startsAt = startsAt
        self.expiresAt = expiresAt
        self.isSelfSigned = isSelfSigned
        self.isTrusted = isTrusted
    }

    /// Whether clients take it for that host: a wildcard stands for one label (RFC 6125 §6.4.3).
    package func covers(_ host: HostName) -> Bool {
        hosts.contains { name in
            guard name != host.text else { return true }
            guard name.hasPrefix("*."), !host.isWildcard, let dot = host.text.firstIndex(of: ".") else { return false }
            return host.text[dot...] == name.dropFirst()
        }
    }
}
