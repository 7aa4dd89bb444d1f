internal import HTTP
internal import HTTPSecure
package import Model
package import Posix
internal import Synchronization

/// Where mail comes in: an SMTP server and a proxy, both on loopback, at ports that stay the same.
///
/// They open with the first add-on that needs them.
package final class MailPost: Sendable {
    /// What becomes of what comes in; the conductor's and the door's part.
    package struct Office: Sendable {
        /// The add-on that SMTP's user and password belong to.
        package var authenticate: @Sendable (_ user: String, _ password: String) async -> AddonID?
        /// Keeps a message; gives back its number.
        package var deliver: @Sendable (AddonID, SMTPSession.Envelope) async -> Int?
        /// Answers a request that was meant for a service of the world.
        package var answer: @Sendable (_ connection: AsyncStreamSocket) async -> Void

        package init(
            authenticate: @escaping @Sendable (String, String) async -> AddonID?,
            deliver: @escaping @Sendable (AddonID, SMTPSession.Envelope) async -> Int?,
            answer: @escaping @Sendable (AsyncStreamSocket) async -> Void
        ) {
            self.authenticate = authenticate
            self.deliver = deliver
            self.answer = answer
        }
    }

    package struct Ports: Sendable, Equatable {
        package let smtp: UInt16
        package let proxy: UInt16
    }

    private struct State {
        /// By which an app is known that has the add-on.
        var passwords: [AddonID: String] = [:]
        var ports: Ports?
        var isOpen = false
    }

    private let folder: String
    private let roots: [String]
    let reactor: Reactor
    let pool: BlockingPool
    private let state = Mutex(State())
    private let opening = Turn()
    private let listeners: AsyncStream<(smtp: Int32, proxy: Int32)>
    private let newListeners: AsyncStream<(smtp: Int32, proxy: Int32)>.Continuation

    /// - Parameters:
    ///   - folder: `addons` of the home; keeps ports, an authority and what clients trust in `mail` there.
    ///   - roots: files of the authorities that this machine trusts; the first that is there is taken.
    package init(folder: String, roots: [String] = MailPost.systemRoots, reactor: Reactor, pool: BlockingPool) {
        self.folder = "\(folder)/mail"
        self.roots = roots
        self.reactor = reactor
        self.pool = pool
        (listeners, newListeners) = AsyncStream.makeStream()
    }

    /// The hosts of the world at which unmodified clients look for the services.
    static let hosts = ["api.sendgrid.com", "api.mailgun.net", "send.api.mailtrap.io"]

    package static let systemRoots = [
        "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
        "/etc/ssl/cert.pem", "/opt/homebrew/etc/ca-certificates/cert.pem",
    ]

    /// What dynos may read: who vouches for the services' hosts.
    package var trustFolder: String { "\(folder)/trust" }
    private var trust: MailTrust { MailTrust(folder: folder, hosts: Self.hosts, roots: roots) }

    // MARK: Whose it is

    func know(_ addon: AddonID, password: String) { state.withLock { $0.passwords[addon] = password } }

    func forget(_ addon: AddonID) { state.withLock { $0.passwords[addon] = nil } }

    /// Opens both doors; returns when they are open, also when they were already.
    func open() async throws -> Ports {
        try await opening.take { [self] in
            if let ports = state.withLock({ $0.isOpen ? $0.ports : nil }) { return ports }
            let (ports, smtp, proxy) = try await pool.run { [self] in try listen() }
            state.withLock { $0.ports = ports }
            state.withLock { $0.isOpen = true }
            newListeners.yield((smtp, proxy))
            return ports
        }
    }

    private func listen() throws -> (ports: Ports, smtp: Int32, proxy: Int32) {
        try FileTree.makeFolder(folder)
        try trust.make()
        let (smtpFile, proxyFile) = ("\(folder)/smtp.port", "\(folder)/proxy.port")
        if let smtp = FreePort.port(in: smtpFile), let proxy = FreePort.port(in: proxyFile) {
            // Apps are told of them also where somebody else has one for the moment.
            state.withLock { $0.ports = Ports(smtp: smtp, proxy: proxy) }
        }
        let smtp = try FreePort.listen(keptIn: smtpFile, from: 2525)
        let smtpListener = Descriptor(owning: smtp.listener)
        let proxy = try FreePort.listen(keptIn: proxyFile, from: 3535)
        return (Ports(smtp: smtp.port, proxy: proxy.port), smtpListener.release(), proxy.listener)
    }

    package var ports: Ports? { state.withLock { $0.ports } }

    /// Serves both doors, once they are open, until the task is cancelled.
    package func serve(_ office: Office) async {
        await withDiscardingTaskGroup { group in
            for await (smtp, proxy) in listeners {
                // A set-up that fails now has been made before: there is nobody to tell but clients.
                guard let door = try? TLSDoor(try trust.identities(), reactor: reactor) else { continue }
                let smtpDoor = MailDoor(office: office, tls: door, reactor: reactor)
                let proxyDoor = MailProxy(post: self, office: office, hosts: Set(Self.hosts), tls: door)
                group.addTask { [reactor] in
                    await Self.accept(on: smtp, reactor) { await smtpDoor.serve($0) }
                }
                group.addTask { [reactor] in
                    await Self.accept(on: proxy, reactor) { await proxyDoor.serve($0) }
                }
            }
        }
    }

    private static func accept(
        on descriptor: Int32, _ reactor: Reactor, _ serve: @escaping @Sendable (AsyncStreamSocket) async -> Void
    ) async {
        let listener = AsyncListener(Descriptor(owning: descriptor), reactor: reactor)
        // The task is cancelled when the daemon stops; no connection is left then.
        try? await withThrowingDiscardingTaskGroup { group in
            defer { group.cancelAll() }
            while true {
                let socket = try await listener.accept()
                group.addTask {
                    await serve(socket)
                    socket.close()
                }
            }
        }
    }

    // MARK: How apps get there

    /// What an app's processes find in their environment, so that their clients come here; empty for an app that has
    /// no mail service.
    ///
    /// - Parameters:
    ///   - config: its config vars, by which it is known what it has; a proxy that they name is kept and used for the
    ///     rest, what they say of certificates stays.
    package func environment(for config: [String: String]) -> [String: String] {
        let (secret, ports) = state.withLock { state -> (String?, Ports?) in
            let values = Set(config.values)
            let known = state.passwords.sorted { "\($0.key)" < "\($1.key)" }.map(\.value)
            return (known.first { values.contains($0) }, state.ports)
        }
        guard let secret, let ports else { return [:] }
        let before = config["https_proxy"] ?? config["HTTPS_PROXY"] ?? ""
        let pass = ProxyPass(onward: before, secret: secret)
        let exceptions = (config["no_proxy"] ?? config["NO_PROXY"] ?? "").split(separator: ",").map(String.init)
        let local = ["localhost", ".localhost", "127.0.0.1", "::1"].filter { !exceptions.contains($0) }
        let proxy = "http://\(pass.user):\(pass.password)@127.0.0.1:\(ports.proxy)"
        let none = (exceptions + local).joined(separator: ",")
        var environment = [
            "https_proxy": proxy, "HTTPS_PROXY": proxy, "no_proxy": none, "NO_PROXY": none,
        ]
        for name in ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"] where config[name] == nil {
            environment[name] = trust.bundlePath
        }
        if config["NODE_EXTRA_CA_CERTS"] == nil { environment["NODE_EXTRA_CA_CERTS"] = trust.authorityPath }
        return environment
    }

    /// Whether one of these config vars is of a mail service.
    package func isUsed(by config: [String: String]) -> Bool {
        let values = Set(config.values)
        return state.withLock { $0.passwords.values.contains { values.contains($0) } }
    }

    /// The proxy behind this one that a client may use; `nil` for a client that has no business here.
    func onward(user: String, password: String) -> String? {
        let secrets = state.withLock { Array($0.passwords.values) }
        return secrets.contains { ProxyPass.isRight(user, password, $0) } ? ProxyPass.onward(user) : nil
    }
}

/// What a client shows to the proxy. It holds what has to be known of the client, so that a new daemon knows it, too.
struct ProxyPass {
    let user: String
    let password: String

    /// - Parameter onward: the URL of another proxy, or nothing.
    init(onward: String, secret: String) {
        user = onward.isEmpty ? "direct" : "via-\(Base64.encodeForURL(onward.utf8))"
        password = Self.password(user, secret)
    }

    private static func password(_ user: String, _ secret: String) -> String {
        String(Digest.code(of: "proxy \(user)", key: secret).hex.prefix(40))
    }

    static func isRight(_ user: String, _ password: String, _ secret: String) -> Bool {
        Secret.areEqual(password, Self.password(user, secret))
    }

    static func onward(_ user: String) -> String {
        guard user.hasPrefix("via-") else { return "" }
        return String(decoding: Base64.decode(user.dropFirst(4).utf8, isStrict: false) ?? [], as: UTF8.self)
    }
}

/// One at a time.
private actor Turn {
    private var last: Task<Void, Never>?

    func take<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let before = last
        let task = Task {
            await before?.value
            return try await body()
        }
        last = Task { _ = await task.result }
        return try await task.value
    }
}
