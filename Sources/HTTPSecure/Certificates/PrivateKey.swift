internal import COpenSSL

/// A private key, held by one owner.
package struct PrivateKey: ~Copyable {
    let handle: OpaquePointer

    /// Makes a new one on the curve P-256, which every client knows and which signs fastest.
    package init() throws(SecureError) {
        guard let handle = cossl_make_key() else { throw SecureError("a private key") }
        self.handle = handle
    }

    /// - Parameter pem: an unencrypted key of any kind (`PRIVATE KEY`, `RSA PRIVATE KEY`, `EC PRIVATE KEY`).
    package init(pem: [UInt8]) throws(SecureError) {
        let bio = try PEMSource(pem)
        // Without a callback OpenSSL would ask the terminal for a password.
        guard let handle = PEM_read_bio_PrivateKey(bio.handle, nil, { _, _, _, _ in -1 }, nil) else {
            throw SecureError("the private key")
        }
        self.handle = handle
    }

    package var pem: [UInt8] {
        get throws(SecureError) {
            let sink = try PEMSink()
            try secure("the private key", PEM_write_bio_PKCS8PrivateKey(sink.handle, handle, nil, nil, 0, nil, nil))
            return sink.bytes
        }
    }

    deinit { EVP_PKEY_free(handle) }
}

/// Bytes for OpenSSL to read from.
struct PEMSource: ~Copyable {
    let handle: OpaquePointer

    init(_ bytes: [UInt8]) throws(SecureError) {
        // A copy: a read-only memory BIO would keep a pointer into the array.
        guard let handle = BIO_new(BIO_s_mem()) else { throw SecureError("memory") }
        guard bytes.isEmpty || BIO_write(handle, bytes, Int32(clamping: bytes.count)) == bytes.count else {
            BIO_free(handle)
            throw SecureError("memory")
        }
        self.handle = handle
    }

    deinit { BIO_free(handle) }
}

/// Where OpenSSL writes to.
struct PEMSink: ~Copyable {
    let handle: OpaquePointer

    init() throws(SecureError) {
        guard let handle = BIO_new(BIO_s_mem()) else { throw SecureError("memory") }
        self.handle = handle
    }

    var bytes: [UInt8] {
        var start: UnsafeMutablePointer<CChar>?
        let count = cossl_memory(handle, &start)
        guard let start, count > 0 else { return [] }
        return UnsafeBufferPointer(start: start, count: count).map { UInt8(bitPattern: $0) }
    }

    deinit { BIO_free(handle) }
}
