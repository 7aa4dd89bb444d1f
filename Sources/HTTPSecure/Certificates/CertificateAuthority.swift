internal import COpenSSL

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Signs certificates for this machine's hosts; a person may tell browsers and tools to trust it.
///
/// Its own certificate binds it to names that nobody can own (RFC 2606, 6761, 6762, 8375): whoever steals its key
/// gains nothing against the names of the world. Not to be shared between threads.
package final class CertificateAuthority {
    private let certificate: Certificate
    private let key: PrivateKey
    /// One key for all leaves of this process: making a leaf costs one signature.
    private let leafKey: PrivateKey

    /// The domains below which it may sign.
    package static let domains = ["localhost", "test", "example", "invalid", "local", "internal", "home.arpa"]

    package init(certificatePEM: [UInt8], keyPEM: [UInt8]) throws(SecureError) {
        certificate = try Certificate(pem: certificatePEM)
        key = try PrivateKey(pem: keyPEM)
        leafKey = try PrivateKey()
        guard certificate.matches(key) else {
            throw SecureError(step: "the certificate authority", reason: "certificate and key do not belong together")
        }
    }

    /// Makes a new authority.
    ///
    /// - Parameters:
    ///   - name: whom people see in their list of authorities.
    ///   - domains: below which it may sign; also for this machine's loopback addresses.
    /// - Returns: its certificate and its key as PEM.
    package static func make(
        name: String, domains: [String] = domains
    ) throws(SecureError) -> (certificatePEM: [UInt8], keyPEM: [UInt8]) {
        let key = try PrivateKey()
        let certificate = try blank(commonName: name, days: 3650)
        let handle = certificate.handle
        try secure("the issuer", X509_set_issuer_name(handle, X509_get_subject_name(handle)))
        try secure("the public key", X509_set_pubkey(handle, key.handle))
        let permitted =
            domains.map { "permitted;DNS:\($0)" } + [
                "permitted;IP:127.0.0.0/255.0.0.0", "permitted;IP:::1/FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF",
            ]
        let extensions: [(Int32, String)] = [
            (NID_basic_constraints, "critical,CA:TRUE,pathlen:0"),
            (NID_key_usage, "critical,keyCertSign,cRLSign"),
            (NID_name_constraints, "critical," + permitted.joined(separator: ",")),
            (NID_subject_key_identifier, "hash"),
        ]
        for (nid, value) in extensions { try secure("an extension", cossl_extend(handle, handle, nid, value)) }
        guard X509_sign(handle, key.handle, EVP_sha256()) > 0 else { throw SecureError("the signature") }
        return (try certificate.pem, try key.pem)
    }

    /// Whether its own certificate says that it may sign for `host`.
    package static func maySign(for host: String) -> Bool {
        host == "127.0.0.1" || host == "::1" || domains.contains { host == $0 || host.hasSuffix(".\($0)") }
    }

    /// A certificate for one host, with its key.
    ///
    /// - Parameter host: a DNS name in lower case, or a loopback address.
    package func issue(for host: String) throws(SecureError) -> ServerIdentity {
        // Apple's clients take no leaf that is valid for more than 825 days.
        let leaf = try Self.blank(commonName: host.utf8.count <= 64 ? host : "paas", days: 397)
        let handle = leaf.handle
        try secure("the issuer", X509_set_issuer_name(handle, X509_get_subject_name(certificate.handle)))
        try secure("the public key", X509_set_pubkey(handle, leafKey.handle))
        let isAddress = host.contains(":") || host.allSatisfy { $0.isNumber || $0 == "." }
        let names = isAddress ? "IP:\(host)" : host == "localhost" ? "DNS:localhost,IP:127.0.0.1,IP:::1" : "DNS:\(host)"
        let extensions: [(Int32, String)] = [
            (NID_basic_constraints, "critical,CA:FALSE"), (NID_key_usage, "critical,digitalSignature"),
            (NID_ext_key_usage, "serverAuth"), (NID_subject_alt_name, names),
            (NID_authority_key_identifier, "keyid"),
        ]
        for (nid, value) in extensions {
            try secure("an extension", cossl_extend(handle, certificate.handle, nid, value))
        }
        guard X509_sign(handle, key.handle, EVP_sha256()) > 0 else { throw SecureError("the signature") }
        // One that was read keeps its bytes; one that was made would be encoded anew for each handshake.
        let read = try Certificate(pem: leaf.pem)
        X509_up_ref(read.handle)
        EVP_PKEY_up_ref(leafKey.handle)
        return ServerIdentity(certificate: read.handle, key: leafKey.handle, chain: nil)
    }

    /// A certificate about `commonName` with a random serial number, valid from an hour ago on.
    static func blank(commonName: String, days: Int) throws(SecureError) -> Certificate {
        guard let handle = X509_new() else { throw SecureError("a certificate") }
        let certificate = Certificate(owning: handle)
        try secure("the version", X509_set_version(handle, 2))
        var serial = [UInt8](repeating: 0, count: 16)
        try secure("a serial number", RAND_bytes(&serial, 16))
        serial[0] &= 0x7F
        guard let number = BN_bin2bn(serial, 16, nil) else { throw SecureError("a serial number") }
        defer { BN_free(number) }
        guard BN_to_ASN1_INTEGER(number, X509_get_serialNumber(handle)) != nil,
            X509_gmtime_adj(X509_getm_notBefore(handle), -3600) != nil,
            X509_time_adj_ex(X509_getm_notAfter(handle), Int32(days), 0, nil) != nil
        else { throw SecureError("the validity") }
        let name = X509_get_subject_name(handle)
        for (field, value) in [("O", "paas"), ("CN", commonName)] {
            let bytes = Array(value.utf8)
            try secure(
                "the name",
                X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, bytes, Int32(clamping: bytes.count), -1, 0))
        }
        return certificate
    }
}
