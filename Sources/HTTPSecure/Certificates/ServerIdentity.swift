internal import COpenSSL

/// What a server shows to prove who it is: a certificate, the key that belongs to it, and the certificates between it
/// and an authority.
package final class ServerIdentity {
    let certificate: OpaquePointer
    let key: OpaquePointer
    let chain: OpaquePointer?

    /// Takes over one reference of each.
    init(certificate: OpaquePointer, key: OpaquePointer, chain: OpaquePointer?) {
        self.certificate = certificate
        self.key = key
        self.chain = chain
    }

    /// - Parameters:
    ///   - chainPEM: the server's own certificate first, then those above it.
    ///   - keyPEM: an unencrypted key.
    /// - Throws: ``SecureError`` when one cannot be read, or they do not belong together.
    package convenience init(chainPEM: [UInt8], keyPEM: [UInt8]) throws(SecureError) {
        let key = try PrivateKey(pem: keyPEM)
        let source = try PEMSource(chainPEM)
        guard let first = PEM_read_bio_X509(source.handle, nil, nil, nil) else { throw SecureError("the certificate") }
        let certificate = Certificate(owning: first)
        guard certificate.matches(key) else {
            throw SecureError(step: "the certificate", reason: "it does not belong to the private key")
        }
        let chain = cossl_make_chain()
        while let next = PEM_read_bio_X509(source.handle, nil, nil, nil) { _ = cossl_chain_push(chain, next) }
        // The end of the text is an error to OpenSSL.
        ERR_clear_error()
        X509_up_ref(first)
        EVP_PKEY_up_ref(key.handle)
        self.init(certificate: first, key: key.handle, chain: chain)
    }

    deinit {
        X509_free(certificate)
        EVP_PKEY_free(key)
        if let chain { cossl_chain_free(chain) }
    }
}
