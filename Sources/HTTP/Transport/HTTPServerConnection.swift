internal import Posix

/// The server's side of one connection.
struct HTTPServerConnection: Sendable {
    private let socket: AsyncStreamSocket
    private let handler: HTTPServer.Handler
    private let idleLimit: Duration
    private let rules: HTTPServerRules

    init(
        _ socket: AsyncStreamSocket, _ handler: @escaping HTTPServer.Handler, _ idleLimit: Duration,
        _ rules: HTTPServerRules
    ) {
        self.socket = socket
        self.handler = handler
        self.idleLimit = idleLimit
        self.rules = rules
    }

    func run() async {
        defer { socket.close() }
        let peer = peer()
        do {
            while try await serveOne(peer) {}
        } catch let error as HTTPTransportError {
            await refuse(error)
        } catch {
            // The client has gone or the server stops: there is nobody to tell.
        }
    }

    /// Who is at the other end; sockets that know nobody (TCP) say user -1.
    private func peer() -> UnixSocket.Peer? {
        let peer = socket.withDescriptor { try? UnixSocket.peer(of: $0) }
        return peer?.userID == .max ? nil : peer
    }

    /// - Returns: whether another request may follow.
    private func serveOne(_ peer: UnixSocket.Peer?) async throws -> Bool {
        guard
            let head = try await withTimeLimit(
                idleLimit, { [socket] in try await HTTPHeadReader.request(from: socket) })
        else { return false }
        let (path, query) = HTTPRequest.split(target: head.target)
        var request = HTTPRequest(method: head.method, path: path, query: query, headers: head.fields)
        if let answer = rules.refusal(request) {
            await end(with: answer, isHead: head.method == "HEAD")
            return false
        }
        request.body = try await readBody(head)
        let responder = HTTPResponder(
            socket, isHead: head.method == "HEAD", isHTTP10: head.version == .http10, keepsAlive: head.keepsAlive)
        await handler(request, responder, peer)
        switch responder.state {
        case .waiting:
            try await responder.send(status: 500)
            return head.keepsAlive
        case .sent:
            return head.keepsAlive
        case .streaming(let writer):
            try await writer.finish()
            return head.keepsAlive && head.version == .http11
        case .upgraded:
            return false
        }
    }

    private func readBody(_ head: RequestHead) async throws -> [UInt8] {
        switch head.framing {
        case .none, .length(0), .untilClose: return []
        case .length(let length) where length > UInt64(rules.bodyLimitBytes):
            throw HTTPTransportError.bodyTooLarge
        case .length, .chunked: break
        }
        if head.expectsContinue { try await socket.write(HTTPStatusText.head(100, [:])) }
        let stream = HTTPBodyStream(socket, head.framing)
        return try await withTimeLimit(idleLimit) { [rules] in try await stream.collect(limit: rules.bodyLimitBytes) }
    }

    /// Answers what could not be read.
    private func refuse(_ error: HTTPTransportError) async {
        switch error {
        case .malformed(let reason): await end(with: rules.unreadable(reason.status, "\(error)"))
        case .bodyTooLarge:
            await end(with: rules.unreadable(413, "the body is larger than \(rules.bodyLimitBytes) bytes"))
        case .tooSlow, .closed, .alreadyAnswered: return
        }
    }

    /// Answers, then takes in the rest for a moment: a client that still writes would lose the answer to a reset.
    private func end(with answer: HTTPAnswer, isHead: Bool = false) async {
        var headers = answer.headers
        headers.set("Content-Length", to: String(answer.body.count))
        headers.set("Connection", to: "close")
        let bytes = HTTPStatusText.head(answer.status, headers) + (isHead ? [] : answer.body)
        // The client may be gone, or may never stop writing; both end here.
        try? await withTimeLimit(.seconds(2)) { [socket] in
            try await socket.write(bytes)
            socket.finishWriting()
            while try await !socket.read().isEmpty {}
        }
    }
}
