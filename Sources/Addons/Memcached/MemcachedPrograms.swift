internal import Posix

/// memcached, and what it needs to ask for a password.
struct MemcachedPrograms: Sendable, Equatable {
    let server: String
    /// Cyrus SASL's, which makes the file of passwords.
    let passwords: String

    /// - Parameter path: the owner's PATH.
    init(path: String) throws(AddonFailure) {
        let places = "\(path):/usr/bin:/usr/sbin:/usr/local/bin:/opt/homebrew/bin"
        guard let server = Subprocess.find("memcached", path: places) else {
            throw .missing(program: "memcached", package: "memcached sasl2-bin libsasl2-modules")
        }
        guard let passwords = Subprocess.find("saslpasswd2", path: places) else {
            throw .missing(program: "memcached's saslpasswd2", package: "sasl2-bin libsasl2-modules")
        }
        guard Self.canSayPlain else {
            throw .missing(program: "The mechanism PLAIN of SASL", package: "libsasl2-modules")
        }
        self.server = server
        self.passwords = passwords
    }

    /// Debian has the mechanisms in a package of their own; without them memcached starts, and lets nobody in.
    private static var canSayPlain: Bool {
        let libraries = ((try? FileTree.names(in: "/usr/lib")) ?? []).map { "/usr/lib/\($0)/sasl2" }
        let folders = libraries.filter { FileTree.isFolder($0) }
        return folders.isEmpty || folders.contains { FileTree.exists("\($0)/libplain.so") }
    }

    var folders: [String] {
        [server, passwords].map { String($0[..<($0.lastIndex(of: "/") ?? $0.endIndex)]) }
    }
}
