internal import HTTP
internal import Posix

/// An HTTP proxy for those who have a mail service: it answers for the services' own hosts, and passes everything else
/// through untouched.
struct MailProxy: Sendable {
    let post: MailPost
    let office: MailPost.Office
    let hosts: Set<String>
    let tls: TLSDoor

    func serve(_ socket: AsyncStreamSocket) async {
        do {
            guard let request = try await withTimeLimit(.seconds(60), { try await ProxyRequest.read(from: socket) })
            else { return }
            try await answer(request, socket)
        } catch let refusal as ProxyRequest.Refusal {
            try? await socket.write(Array(refusal.text.utf8))  // A client that has gone needs no answer.
        } catch {
            return  // The client has gone, or says nothing.
        }
    }

    private func answer(_ request: ProxyRequest, _ socket: AsyncStreamSocket) async throws {
        let pass = request.credentials
        guard let pass, let onward = post.onward(user: pass.user, password: pass.password) else {
            throw ProxyRequest.Refusal.credentials
        }
        guard request.method == "CONNECT", let (host, port) = request.place else {
            throw ProxyRequest.Refusal.method
        }
        if port == 443, hosts.contains(host.lowercased()) { return try await answerHere(request, socket) }
        let other: AsyncStreamSocket
        do {
            other = try await onwardConnection(onward, host, port)
        } catch let refusal as ProxyRequest.Refusal {
            throw refusal
        } catch {
            throw ProxyRequest.Refusal.unreachable("\(host):\(port)", "\(error)")
        }
        try await socket.write(Self.established)
        if !request.rest.isEmpty { try await other.write(request.rest) }
        await Self.pass(between: socket, and: other)
    }

    private static let established = Array("HTTP/1.1 200 Connection established\r\n\r\n".utf8)

    private func answerHere(_ request: ProxyRequest, _ socket: AsyncStreamSocket) async throws {
        let (near, far) = try LoopbackPair.make(post.reactor)
        try await socket.write(Self.established)
        await withDiscardingTaskGroup { group in
            group.addTask { [tls] in await tls.carry(socket, early: request.rest, to: near) }
            group.addTask { [office] in
                await office.answer(far)
                far.close()
            }
        }
    }

    // MARK: Everything else

    /// - Parameter onward: the URL of the proxy that is to be asked; empty for none.
    private func onwardConnection(_ onward: String, _ host: String, _ port: UInt16) async throws -> AsyncStreamSocket {
        guard !onward.isEmpty else {
            return try await OutwardConnection(reactor: post.reactor, pool: post.pool).open(host, port)
        }
        guard let proxy = ProxyPlace(onward) else { throw ProxyRequest.Refusal.unreachable(onward, "it is no proxy") }
        let connection = OutwardConnection(reactor: post.reactor, pool: post.pool)
        let socket = try await connection.open(proxy.host, proxy.port)
        let place = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        var head = "CONNECT \(place) HTTP/1.1\r\nHost: \(place)\r\n"
        if let credentials = proxy.credentials {
            head += "Proxy-Authorization: Basic \(Base64.encode(credentials.utf8))\r\n"
        }
        try await socket.write(Array("\(head)\r\n".utf8))
        let answer = try await withTimeLimit(.seconds(60)) { try await ProxyRequest.head(from: socket) }
        guard let answer else { throw ProxyRequest.Refusal.unreachable(place, "\(proxy.host) hung up") }
        let status = answer.lines[0].split(separator: " ").dropFirst().first ?? ""
        guard status == "200" else { throw ProxyRequest.Refusal.unreachable(place, "\(proxy.host) says \(status)") }
        socket.unread(answer.rest)
        return socket
    }

    /// Passes bytes in both directions until both have ended.
    private static func pass(between one: AsyncStreamSocket, and other: AsyncStreamSocket) async {
        await withTaskGroup(of: Void.self) { group in
            for (from, to) in [(one, other), (other, one)] {
                group.addTask {
                    do {
                        while true {
                            let bytes = try await from.read()
                            guard !bytes.isEmpty else { return to.finishWriting() }
                            try await to.write(bytes)
                        }
                    } catch {
                        // One side broke off: the other is told.
                        from.close()
                        to.close()
                    }
                }
            }
        }
        other.close()
    }
}

/// The URL of a proxy: `http://user:password@proxy.example:3128`.
struct ProxyPlace: Equatable {
    let host: String
    let port: UInt16
    let credentials: String?

    init?(_ url: String) {
        var rest = url[...]
        if let scheme = rest.firstRange(of: "://") {
            guard rest[..<scheme.lowerBound].lowercased() == "http" else { return nil }
            rest = rest[scheme.upperBound...]
        }
        rest = rest.prefix { $0 != "/" }
        if let at = rest.lastIndex(of: "@") {
            credentials = PercentCoding.decode(rest[..<at])
            rest = rest[rest.index(after: at)...]
        } else {
            credentials = nil
        }
        guard let (host, port) = Self.split(rest, otherwise: 80), !host.isEmpty else { return nil }
        (self.host, self.port) = (host, port)
    }

    /// `host:443`, `[::1]:443`.
    static func split(_ text: Substring, otherwise: UInt16?) -> (String, UInt16)? {
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            let host = String(text[text.index(after: text.startIndex)..<end])
            let rest = text[text.index(after: end)...]
            if rest.isEmpty { return otherwise.map { (host, $0) } }
            guard rest.hasPrefix(":"), let port = UInt16(rest.dropFirst()) else { return nil }
            return (host, port)
        }
        guard let colon = text.lastIndex(of: ":") else { return otherwise.map { (String(text), $0) } }
        guard let port = UInt16(text[text.index(after: colon)...]) else { return nil }
        return (String(text[..<colon]), port)
    }
}
