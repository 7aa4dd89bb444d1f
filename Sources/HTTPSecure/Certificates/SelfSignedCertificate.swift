internal import COpenSSL

/// A certificate that nobody vouches for, for servers whose clients want TLS and ask no more.
package enum SelfSignedCertificate {
    /// - Returns: the certificate, valid for ten years, and its key as PEM.
    package static func make(for host: String) throws(SecureError) -> (certificatePEM: [UInt8], keyPEM: [UInt8]) {
        let key = try PrivateKey()
        let certificate = try CertificateAuthority.blank(commonName: host, days: 3650)
        let handle = certificate.handle
        try secure("the issuer", X509_set_issuer_name(handle, X509_get_subject_name(handle)))
        try secure("the public key", X509_set_pubkey(handle, key.handle))
        let extensions: [(Int32, String)] = [
            (NID_basic_constraints, "critical,CA:FALSE"), (NID_key_usage, "critical,digitalSignature"),
            (NID_ext_key_usage, "serverAuth"), (NID_subject_alt_name, "DNS:\(host),IP:127.0.0.1"),
        ]
        for (nid, value) in extensions { try secure("an extension", cossl_extend(handle, handle, nid, value)) }
        guard X509_sign(handle, key.handle, EVP_sha256()) > 0 else { throw SecureError("the signature") }
        return (try certificate.pem, try key.pem)
    }
}
