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

    /// Seconds since 1970 at which it ends.
    package var validUntil: Int {
        var days: Int32 = 0
        var seconds: Int32 = 0
        guard let end = X509_get0_notAfter(handle), let epoch = ASN1_TIME_set(nil, 0) else { return 0 }
        defer { ASN1_STRING_free(epoch) }
        ASN1_TIME_diff(&days, &seconds, epoch, end)
        return Int(days) * 86_400 + Int(seconds)
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
