internal import HTTPSecure
package import Model

/// Looks at certificates that people bring, before anybody is shown them.
package enum CertificateCheck {
    /// What a person brought, as it is kept: certificates only, in order, and the key in one form.
    package struct Accepted: Sendable {
        package let chainPEM: [UInt8]
        package let keyPEM: [UInt8]
    }

    /// - Parameters:
    ///   - chain: PEM; the certificate first, then those above it. Whatever else is in the text is passed over.
    ///   - now: seconds since 1970.
    /// - Throws: ``InvalidCertificate``.
    package static func accept(
        chain: [UInt8], key: [UInt8], now: Int
    ) throws(InvalidCertificate) -> Accepted {
        let (chainText, keyText) = (String(decoding: chain, as: UTF8.self), String(decoding: key, as: UTF8.self))
        let blocks = blocks(in: chainText)
        guard !blocks.isEmpty else {
            let areSwapped = chainText.contains("PRIVATE KEY-----") && keyText.contains(begin)
            throw areSwapped ? .swapped : .noCertificate
        }
        guard !keyText.contains("ENCRYPTED") else { throw .lockedKey }
        do {
            let privateKey = try PrivateKey(pem: key)
            try check(blocks, privateKey, now: now)
            let joined = Array(blocks.joined())
            let pem = try privateKey.pem
            try TLSServer.check(try ServerIdentity(chainPEM: joined, keyPEM: pem))
            return Accepted(chainPEM: joined, keyPEM: pem)
        } catch let refusal as InvalidCertificate {
            throw refusal
        } catch let error as SecureError {
            throw error.step == "the private key" ? .unreadableKey(error.reason) : .unreadable(error.reason)
        } catch {
            throw .unreadable("\(error)")
        }
    }

    private static func check(
        _ blocks: [[UInt8]], _ key: borrowing PrivateKey, now: Int
    ) throws {
        let first = try Certificate(pem: blocks[0])
        if !first.matches(key) {
            for (index, block) in blocks.enumerated().dropFirst() {
                let other = try Certificate(pem: block)
                guard other.matches(key) else { continue }
                throw InvalidCertificate.wrongOrder(first: first.subject, own: other.subject, position: index + 1)
            }
            throw InvalidCertificate.otherKey(subject: first.subject)
        }
        guard !first.hosts.isEmpty else { throw InvalidCertificate.noNames(subject: first.subject) }
        guard first.validUntil > now else {
            throw InvalidCertificate.expired(at: Timestamp(microseconds: Int64(first.validUntil) * 1_000_000))
        }
        guard first.validFrom <= now else {
            throw InvalidCertificate.notYet(from: Timestamp(microseconds: Int64(first.validFrom) * 1_000_000))
        }
        for index in blocks.indices.dropLast() {
            let lower = try Certificate(pem: blocks[index])
            let upper = try Certificate(pem: blocks[index + 1])
            guard lower.isSigned(by: upper) else {
                throw InvalidCertificate.broken(position: index + 2, found: upper.subject, wanted: lower.issuer)
            }
        }
    }

    /// What a kept chain says about itself.
    ///
    /// - Parameter asksTheSystem: whether the system's store is read, which takes a while; else it vouches for nothing.
    package static func facts(
        of chain: [UInt8], asksTheSystem: Bool = true
    ) throws(SecureRefusal) -> CertificateFacts {
        let blocks = blocks(in: String(decoding: chain, as: UTF8.self))
        do {
            let certificate = try Certificate(pem: blocks.first ?? [])
            func moment(_ seconds: Int) -> Timestamp { Timestamp(microseconds: Int64(seconds) * 1_000_000) }
            return CertificateFacts(
                subject: certificate.subject, issuer: certificate.issuer, hosts: certificate.hosts,
                startsAt: moment(certificate.validFrom), expiresAt: moment(certificate.validUntil),
                isSelfSigned: certificate.isSigned(by: certificate),
                isTrusted: asksTheSystem && certificate.isTrusted(byWayOf: Array(blocks.dropFirst())))
        } catch { throw SecureRefusal(reason: "\(error)") }
    }

    /// A kept certificate that cannot be read any more.
    package struct SecureRefusal: Error { package let reason: String }

    private static let begin = "-----BEGIN CERTIFICATE-----"
    private static let end = "-----END CERTIFICATE-----"

    /// Each certificate of the text by itself.
    private static func blocks(in text: String) -> [[UInt8]] {
        var blocks: [[UInt8]] = []
        var rest = text[...]
        while let start = rest.firstRange(of: begin), let stop = rest[start.upperBound...].firstRange(of: end) {
            blocks.append(Array("\(rest[start.lowerBound..<stop.upperBound])\n".utf8))
            rest = rest[stop.upperBound...]
        }
        return blocks
    }
}

/// Why a certificate of somebody's own is not taken.
package enum InvalidCertificate: Explained, Equatable {
    case noCertificate
    case swapped
    case unreadable(String)
    case unreadableKey(String)
    case lockedKey
    case otherKey(subject: String)
    case wrongOrder(first: String, own: String, position: Int)
    case broken(position: Int, found: String, wanted: String)
    case expired(at: Timestamp)
    case notYet(from: Timestamp)
    /// Without a DNS name among its alternative names.
    case noNames(subject: String)

    package var explanation: Explanation {
        switch self {
        case .noCertificate:
            Explanation(
                "No certificate was found in the file.",
                because: "It has no -----BEGIN CERTIFICATE----- (PEM) in it.",
                mend: ["openssl x509 -inform der -in CRT -out CRT.pem  # where it is DER"])
        case .swapped:
            Explanation(
                "The files are the wrong way round.", because: "The certificate comes first, then its key.",
                mend: ["paas certs:add CRT KEY"])
        case .unreadable(let reason): Explanation("The certificate can't be used", because: "OpenSSL says: \(reason).")
        case .unreadableKey(let reason):
            Explanation(
                "The private key can't be read", because: "OpenSSL says: \(reason).",
                mend: ["openssl pkey -in KEY -noout"])
        case .lockedKey:
            Explanation(
                "Key could not be read since it's protected by a passphrase.",
                mend: ["openssl pkey -in KEY -out KEY.unlocked && chmod 600 KEY.unlocked"])
        case .otherKey(let subject):
            Explanation(
                "Key doesn't match the PEM certificate.", because: "The certificate is about \(subject).",
                mend: ["openssl x509 -in CRT -noout -pubkey; openssl pkey -in KEY -pubout  # have to be the same"])
        case .wrongOrder(let first, let own, let position):
            Explanation(
                "The certificates are in the wrong order.",
                because: "The key belongs to number \(position), \(own); the first one is \(first).",
                mend: ["cat CRT INTERMEDIATE > CHAIN && paas certs:add CHAIN KEY"])
        case .broken(let position, let found, let wanted):
            Explanation(
                "The chain of certificates is broken.",
                because: "Number \(position) is \(found), but the one before it was signed by \(wanted).",
                mend: ["cat CRT INTERMEDIATE > CHAIN && paas certs:add CHAIN KEY"])
        case .expired(let time):
            Explanation("The certificate has expired.", because: "It was valid until \(time.iso8601).")
        case .notYet(let time):
            Explanation(
                "The certificate is not valid yet.", because: "It begins at \(time.iso8601).", mend: ["date -u"])
        case .noNames(let subject):
            Explanation(
                "No certificate given is a domain name certificate.",
                because: "\(subject) has no DNS name among its alternative names, which are all that clients look at.",
                mend: ["paas certs:generate www.example.test --selfsigned"])
        }
    }
}
