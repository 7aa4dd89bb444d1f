internal import HTTPSecure
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The authority that vouches for the services' hosts on this machine, and the file of all that a client trusts.
///
/// Its certificate binds it to those hosts: whoever steals its key gains nothing against the rest of the world, and
/// nobody but the dynos that are told of it trusts it.
struct MailTrust: Sendable {
    let folder: String
    let hosts: [String]
    let roots: [String]

    private var keyPath: String { "\(folder)/authority.key" }
    var authorityPath: String { "\(folder)/trust/paas-mail.pem" }
    /// The machine's own authorities, and this one.
    var bundlePath: String { "\(folder)/trust/bundle.pem" }

    /// Makes what is missing, and the bundle anew: the machine's part may have changed.
    func make() throws {
        try FileTree.makeFolder("\(folder)/trust")
        // For dynos, whose user may be another.
        try posix(chmod("\(folder)/trust", 0o755), "chmod \(folder)/trust")
        if try !isValid() {
            let made = try CertificateAuthority.make(
                name: "paas mail \(try RandomBytes.hexadecimal(4))", domains: hosts + ["localhost"])
            // The key first: a certificate is never without its key.
            try FileTree.write(made.keyPEM, to: keyPath)
            try FileTree.write(made.certificatePEM, to: authorityPath, mode: 0o644)
        }
        var bundle: [UInt8] = []
        for root in roots where bundle.isEmpty {
            guard FileTree.exists(root) else { continue }
            bundle = try FileTree.read(root, limit: 16 << 20)
        }
        if bundle.last != 0x0A, !bundle.isEmpty { bundle.append(0x0A) }
        bundle += try FileTree.read(authorityPath, limit: 1 << 20)
        try FileTree.write(bundle, to: bundlePath, mode: 0o644)
    }

    private func isValid() throws -> Bool {
        guard FileTree.exists(keyPath), FileTree.exists(authorityPath) else { return false }
        let pem = try FileTree.read(authorityPath, limit: 1 << 20)
        return try Certificate(pem: pem).isValid(forSeconds: 30 * 86_400)
    }

    /// The authority and the hosts that it vouches for.
    func identities() throws -> (certificatePEM: [UInt8], keyPEM: [UInt8], hosts: [String]) {
        (try FileTree.read(authorityPath, limit: 1 << 20), try FileTree.read(keyPath, limit: 1 << 20), hosts)
    }
}
