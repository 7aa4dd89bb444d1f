internal import COpenSSL

/// An X.509 certificate, held by one owner.
package struct Certificate: ~Copyable {
    let handle: OpaquePointer

    init(owning handle: OpaquePointer) { self.handle = handle }

    /// - Parameter pem: the first certificate in it is taken.
    package init(pem: [UInt8]) throws(SecureError) {
        let source = try PEMSource(pem)
        guard let handle = PEM_read_bio_X509(source.handle, nil, nil, nil) else { throw SecureError("the certificate") }
        self.handle = handle
    }

    package var pem: [UInt8] {
        get throws(SecureError) {
            let sink = try PEMSink()
            try secure("the certificate", PEM_write_bio_X509(sink.handle, handle))
            return sink.bytes
        }
    }

    /// The DNS names it is for, in lower case; wildcards as `*.example.com`.
    package var hosts: [String] {
        guard let found = X509_get_ext_d2i(handle, NID_subject_alt_name, nil, nil) else { return [] }
        let names = OpaquePointer(found)
        defer { GENERAL_NAMES_free(names) }
        return (0..<cossl_name_count(names)).compactMap { index -> String? in
            guard let name = cossl_name(names, index), name.pointee.type == GEN_DNS, let text = name.pointee.d.dNSName,
                let bytes = ASN1_STRING_get0_data(text)
            else { return nil }
            let buffer = UnsafeBufferPointer(start: bytes, count: Int(ASN1_STRING_length(text)))
            return String(decoding: buffer, as: UTF8.self).lowercased()
        }
    }

    /// Who it is about and who signed it, in one line each: `CN=example.com`.
    package var subject: String { Self.text(X509_get_subject_name(handle)) }
    package var issuer: String { Self.text(X509_get_issuer_name(handle)) }

    /// Whether it belongs to that key.
    package func matches(_ key: borrowing PrivateKey) -> Bool {
        defer { ERR_clear_error() }
        return X509_check_private_key(handle, key.handle) == 1
    }

    /// Whether it is valid at this moment, and for so many seconds more.
    package func isValid(forSeconds more: Int = 0) -> Bool {
        var then = time_t(0)
        time(&then)
        let now = then
        then += more
        guard let start = X509_get0_notBefore(handle), let end = X509_get0_notAfter(handle) else { return false }
        var from = now
        return X509_cmp_time(start, &from) < 0 && X509_cmp_time(end, &then) > 0
    }

    /// Seconds since 1970 at which it begins, and ends.
    package var validFrom: Int { Self.seconds(X509_get0_notBefore(handle)) }
    package var validUntil: Int { Self.seconds(X509_get0_notAfter(handle)) }

    private static func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int {
        var days: Int32 = 0
        var seconds: Int32 = 0
        guard let time, let epoch = ASN1_TIME_set(nil, 0) else { return 0 }
        defer { ASN1_STRING_free(epoch) }
        ASN1_TIME_diff(&days, &seconds, epoch, time)
        return Int(days) * 86_400 + Int(seconds)
    }

    /// Whether the other one's key has signed it.
    package func isSigned(by issuer: borrowing Certificate) -> Bool {
        defer { ERR_clear_error() }
        return X509_check_issued(issuer.handle, handle) == X509_V_OK
            && X509_verify(handle, X509_get0_pubkey(issuer.handle)) == 1
    }

    /// Whether this machine's own store vouches for it, by way of these certificates.
    package func isTrusted(byWayOf chain: [[UInt8]]) -> Bool {
        defer { ERR_clear_error() }
        guard let store = X509_STORE_new(), let context = X509_STORE_CTX_new() else { return false }
        let between = cossl_make_chain()
        defer {
            X509_STORE_CTX_free(context)
            X509_STORE_free(store)
            if let between { cossl_chain_free(between) }
        }
        for pem in chain {
            guard let source = try? PEMSource(pem) else { continue }  // What cannot be read vouches for nothing.
            if let next = PEM_read_bio_X509(source.handle, nil, nil, nil) { _ = cossl_chain_push(between, next) }
        }
        guard X509_STORE_set_default_paths(store) == 1,
            X509_STORE_CTX_init(context, store, handle, between) == 1
        else { return false }
        return X509_verify_cert(context) == 1
    }

    /// SHA-256 of its DER form in hexadecimal digits, as tools print it without colons.
    package var fingerprint: String {
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        X509_digest(handle, EVP_sha256(), &digest, &count)
        let digits = Array("0123456789abcdef")
        return String(digest.prefix(Int(count)).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }

    private static func text(_ name: OpaquePointer?) -> String {
        guard let name, let sink = try? PEMSink() else { return "" }  // No memory: nothing to show.
        cossl_print_name(sink.handle, name)
        return String(decoding: sink.bytes, as: UTF8.self)
    }

    deinit { X509_free(handle) }
}
