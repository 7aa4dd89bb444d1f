/// Body of `POST /apps/{app}/sni-endpoints` and `PATCH /apps/{app}/sni-endpoints/{sni-endpoint}`.
package struct CertificateUpload: Codable, Sendable, Equatable {
    /// PEM; the certificate first, then those above it.
    package var certificateChain: String
    /// PEM.
    package var privateKey: String

    package init(certificateChain: String, privateKey: String) {
        self.certificateChain = certificateChain
        self.privateKey = privateKey
    }

    private enum CodingKeys: String, CodingKey {
        case certificateChain = "certificate_chain"
        case privateKey = "private_key"
    }
}
