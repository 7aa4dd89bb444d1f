internal import HTTPSecure
internal import Posix

/// Where the local certificate authority lies: `HOME/tls`, 0700; its key 0600.
package struct AuthorityFolder: Sendable {
    package let path: String

    package init(path: String) { self.path = path }

    /// What browsers and tools are told to trust.
    package var certificatePath: String { "\(path)/paas-ca.pem" }
    private var keyPath: String { "\(path)/paas-ca.key" }

    /// The authority of this home; made when there is none, or when it is about to end.
    ///
    /// - Returns: material with fresh ticket keys and no certificates of people's own.
    /// - Throws: ``SecureError`` or ``PosixError``; what is there and cannot be read is left as it is.
    package func load() throws -> TLSMaterial {
        try FileTree.makeFolder(path)
        var pair = try existing()
        if pair == nil {
            let made = try CertificateAuthority.make(name: "paas local authority \(try RandomBytes.hexadecimal(4))")
            // The key first: a certificate is never without its key.
            try FileTree.write(made.keyPEM, to: keyPath)
            try FileTree.write(made.certificatePEM, to: certificatePath)
            pair = made
        }
        guard let pair else { throw SecureError(step: "the certificate authority", reason: "it could not be made") }
        return TLSMaterial(
            authorityPEM: pair.certificatePEM, authorityKeyPEM: pair.keyPEM,
            ticketKeys: try RandomBytes.make(TLSServer.ticketKeyBytes))
    }

    private func existing() throws -> (certificatePEM: [UInt8], keyPEM: [UInt8])? {
        guard FileTree.exists(certificatePath), FileTree.exists(keyPath) else { return nil }
        let certificate = try FileTree.read(certificatePath, limit: 1 << 20)
        guard try Certificate(pem: certificate).isValid(forSeconds: 30 * 86_400) else { return nil }
        return (certificate, try FileTree.read(keyPath, limit: 1 << 20))
    }
}
