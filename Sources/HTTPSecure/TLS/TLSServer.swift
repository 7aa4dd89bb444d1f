internal import COpenSSL

/// How a server speaks TLS: its versions, its certificates by the name that a client asks for, its session tickets.
///
/// Belongs to one thread, as everything that it makes.
package final class TLSServer {
    /// The protocol that ALPN agreed on.
    package enum Application: Sendable { case http1, http2 }

    /// What connections begin with, until they have said whom they ask for.
    private let context: OpaquePointer
    private let authority: CertificateAuthority
    private let offersHTTP2: Bool
    /// Certificates of people's own, by host; `*.example.com` is for one label in front.
    private var own: [String: Presentation] = [:]
    private var issued: [String: Presentation] = [:]
    /// Whether a certificate may be made for that host; asked in lower case.
    package var serves: (String) -> Bool = { _ in true }

    /// How many made certificates are kept: a client chooses the names, so there has to be an end.
    static let issuedLimit = 2048

    /// The size of ``TicketKeys``.
    package static let ticketKeyBytes = 80

    /// - Parameters:
    ///   - ticketKeys: ``ticketKeyBytes`` random bytes, the same for all threads of a server, so that a session that
    ///     one made is resumed by another.
    ///   - offersHTTP2: whether ALPN may choose `h2`.
    package init(authority: CertificateAuthority, ticketKeys: [UInt8], offersHTTP2: Bool) throws(SecureError) {
        guard let context = SSL_CTX_new(TLS_server_method()) else { throw SecureError("TLS") }
        self.context = context
        self.authority = authority
        self.offersHTTP2 = offersHTTP2
        try configure(context)
        var keys = ticketKeys
        try secure("the ticket keys", cossl_ticket_keys(context, &keys, keys.count))
        SSL_CTX_set_cert_cb(
            context,
            { connection, owner in
                guard let connection, let owner else { return 0 }
                let server = Unmanaged<TLSServer>.fromOpaque(owner).takeUnretainedValue()
                return server.presentCertificate(connection) ? 1 : 0
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    private func configure(_ context: OpaquePointer) throws(SecureError) {
        try secure("the TLS version", cossl_min_version(context, TLS1_2_VERSION))
        cossl_harden(context)
        try secure("the cipher suites", cossl_suites(context))
        cossl_mode(
            context,
            Int(SSL_MODE_ENABLE_PARTIAL_WRITE) | Int(SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER)
                | Int(SSL_MODE_RELEASE_BUFFERS))
        cossl_read_ahead(context)
        // One ticket for each handshake is what a client can use; the sessions themselves are not kept here.
        SSL_CTX_set_num_tickets(context, 1)
        SSL_CTX_ctrl(context, SSL_CTRL_SET_SESS_CACHE_MODE, Int(SSL_SESS_CACHE_OFF), nil)
        SSL_CTX_set_alpn_select_cb(
            context,
            { _, chosen, chosenLength, offered, offeredLength, owner in
                guard let owner, let offered, let chosen, let chosenLength else { return SSL_TLSEXT_ERR_NOACK }
                let server = Unmanaged<TLSServer>.fromOpaque(owner).takeUnretainedValue()
                let list = UnsafeBufferPointer(start: offered, count: Int(offeredLength))
                guard let found = server.choose(from: list) else { return SSL_TLSEXT_ERR_NOACK }
                chosen.pointee = offered + found.offset
                chosenLength.pointee = UInt8(found.length)
                return SSL_TLSEXT_ERR_OK
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// A certificate in a context of its own: to show it then costs a connection nothing.
    private final class Presentation {
        let context: OpaquePointer

        init(_ identity: ServerIdentity, _ configure: (OpaquePointer) throws(SecureError) -> Void) throws(SecureError) {
            guard let context = SSL_CTX_new(TLS_server_method()) else { throw SecureError("TLS") }
            self.context = context
            try configure(context)
            try secure(
                "the certificate",
                SSL_CTX_use_cert_and_key(context, identity.certificate, identity.key, identity.chain, 1))
        }

        deinit { SSL_CTX_free(context) }
    }

    deinit { SSL_CTX_free(context) }

    /// - Throws: ``SecureError`` when OpenSSL would not show this to clients, as with a key that is too short.
    package static func check(_ identity: ServerIdentity) throws(SecureError) {
        guard let context = SSL_CTX_new(TLS_server_method()) else { throw SecureError("TLS") }
        defer { SSL_CTX_free(context) }
        try secure(
            "the certificate",
            SSL_CTX_use_cert_and_key(context, identity.certificate, identity.key, identity.chain, 1))
    }

    /// Shows this to clients that ask for these hosts.
    package func present(_ identity: ServerIdentity, for hosts: [String]) throws(SecureError) {
        let presentation = try Presentation(identity, configure)
        for host in hosts { own[host] = presentation }
    }

    /// Shows only certificates of its own making from now on.
    package func presentNone() { own = [:] }

    /// Makes its certificates anew when clients next ask for them.
    package func renew() { issued = [:] }

    /// Whether clients of both hosts are shown one certificate that somebody brought.
    package func presentsOneCertificate(for one: String, and other: String) -> Bool {
        guard let first = ownPresentation(for: one), let second = ownPresentation(for: other) else { return false }
        return first === second
    }

    private func ownPresentation(for host: String) -> Presentation? {
        if let own = own[host] { return own }
        return host.firstIndex(of: ".").flatMap { own["*" + host[$0...]] }
    }

    /// A connection's own state; its owner calls ``TLSStream/free(_:)`` at the end.
    package func accept(_ descriptor: Int32) -> UnsafeMutablePointer<TLSStream>? {
        guard let connection = SSL_new(context) else { return nil }
        return TLSStream.make(connection, descriptor, of: self)
    }

    // MARK: In the handshake

    private func presentCertificate(_ connection: OpaquePointer) -> Bool {
        let asked = SSL_get_servername(connection, TLSEXT_NAMETYPE_host_name).map { String(cString: $0) }
        guard let presentation = presentation(for: (asked ?? "localhost").lowercased()) else { return false }
        return SSL_set_SSL_CTX(connection, presentation.context) != nil
    }

    /// A host that nobody serves gets the certificate of `localhost`: the client then says what is wrong.
    private func presentation(for host: String) -> Presentation? {
        if let own = ownPresentation(for: host) { return own }
        let name = CertificateAuthority.maySign(for: host) && serves(host) ? host : "localhost"
        if let made = issued[name] { return made }
        // Else the handshake fails.
        guard let identity = try? authority.issue(for: name), let made = try? Presentation(identity, configure) else {
            ERR_clear_error()
            return nil
        }
        if issued.count >= Self.issuedLimit { issued = [:] }
        issued[name] = made
        return made
    }

    /// - Parameter offered: names with their lengths in front (RFC 7301).
    private func choose(from offered: UnsafeBufferPointer<UInt8>) -> (offset: Int, length: Int)? {
        var fallback: (offset: Int, length: Int)?
        var index = 0
        while index < offered.count {
            let length = Int(offered[index])
            guard index + 1 + length <= offered.count else { return nil }
            let name = offered[(index + 1)..<(index + 1 + length)]
            if offersHTTP2, name.elementsEqual("h2".utf8) { return (index + 1, length) }
            if name.elementsEqual("http/1.1".utf8) { fallback = (index + 1, length) }
            index += 1 + length
        }
        return fallback
    }
}
