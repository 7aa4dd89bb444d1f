internal import COpenSSL

/// The client's side of one TLS connection, between bytes: whoever has the socket carries them. Never blocks; used by one
/// task at a time.
package final class TLSClient {
    package enum Outcome: Sendable, Equatable {
        case bytes([UInt8])
        /// Nothing until more has come from the server.
        case wantsMore
        /// The server said that nothing more comes.
        case end
    }

    private let context: OpaquePointer
    private let connection: OpaquePointer
    /// Both belong to `connection`.
    private let incoming: OpaquePointer
    private let outgoing: OpaquePointer

    /// - Parameter host: whom the server's certificate has to name; it has to be signed by whom this machine trusts, or
    ///   by whom `SSL_CERT_FILE` names.
    package init(host: String) throws(SecureError) {
        guard let context = SSL_CTX_new(TLS_client_method()) else { throw SecureError("TLS") }
        guard let connection = SSL_new(context), let incoming = BIO_new(BIO_s_mem()),
            let outgoing = BIO_new(BIO_s_mem())
        else { throw SecureError("TLS") }
        SSL_set_bio(connection, incoming, outgoing)
        self.context = context
        self.connection = connection
        self.incoming = incoming
        self.outgoing = outgoing
        try secure("the trusted certificates", SSL_CTX_set_default_verify_paths(context))
        SSL_set_verify(connection, SSL_VERIFY_PEER, nil)
        if X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(connection), host) != 1 {
            ERR_clear_error()
            try secure("the host \(host)", SSL_set1_host(connection, host))
            try secure("the host \(host)", cossl_ask_for(connection, host))
        }
        SSL_set_connect_state(connection)
    }

    deinit {
        SSL_free(connection)
        SSL_CTX_free(context)
    }

    /// What the server has sent.
    package func receive(_ bytes: [UInt8]) { _ = BIO_write(incoming, bytes, Int32(clamping: bytes.count)) }

    /// What is to be sent to the server now.
    package func takeOutput() -> [UInt8] {
        var all: [UInt8] = []
        while true {
            let part = [UInt8](unsafeUninitializedCapacity: 16 << 10) { buffer, count in
                count = max(0, Int(BIO_read(outgoing, buffer.baseAddress, Int32(clamping: buffer.count))))
            }
            if part.isEmpty { return all }
            all += part
        }
    }

    /// Goes on with the handshake.
    ///
    /// - Returns: whether it is over.
    /// - Throws: why the server is not trusted, or does not speak TLS.
    package func shakeHands() throws(SecureError) -> Bool {
        let result = SSL_do_handshake(connection)
        if result == 1 { return true }
        guard SSL_get_error(connection, result) == SSL_ERROR_WANT_READ else {
            let verdict = SSL_get_verify_result(connection)
            guard verdict == X509_V_OK else {
                ERR_clear_error()
                throw SecureError(
                    step: "its certificate", reason: String(cString: X509_verify_cert_error_string(verdict)))
            }
            throw SecureError("the handshake")
        }
        return false
    }

    /// After the handshake: all of it is in ``takeOutput()`` then.
    package func write(_ bytes: [UInt8]) throws(SecureError) {
        guard !bytes.isEmpty else { return }
        guard SSL_write(connection, bytes, Int32(clamping: bytes.count)) == bytes.count else {
            throw SecureError("the request")
        }
    }

    /// After the handshake: what has come, taken out of TLS.
    package func read() throws(SecureError) -> Outcome {
        var result: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: 16 << 10) { buffer, count in
            result = SSL_read(connection, buffer.baseAddress, Int32(clamping: buffer.count))
            count = max(0, Int(result))
        }
        if result > 0 { return .bytes(bytes) }
        switch SSL_get_error(connection, result) {
        case SSL_ERROR_WANT_READ: return .wantsMore
        case SSL_ERROR_ZERO_RETURN: return .end
        default: throw SecureError("the answer")
        }
    }
}
