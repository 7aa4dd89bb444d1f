package import Posix

/// Speaks HTTP/1.1 over a Unix socket, one connection a request.
package final class HTTPClient: Sendable {
    private let socketPath: String
    private let reactor: Reactor
    private let patience: Patience?

    /// How long a server may keep silent before it is asked whether it lives, and how long it may think about that.
    package struct Patience: Sendable {
        package var silence: Duration
        package var sign: Duration

        package init(silence: Duration = .seconds(5), sign: Duration = .seconds(25)) {
            self.silence = silence
            self.sign = sign
        }
    }

    /// - Parameter patience: `nil` waits for an answer without end.
    package init(socketPath: String, reactor: Reactor, patience: Patience? = nil) {
        self.socketPath = socketPath
        self.reactor = reactor
        self.patience = patience
    }

    /// Sends `request` and returns when the answer's head is there.
    ///
    /// - Throws: `PosixError` when nobody listens (`ENOENT`, `ECONNREFUSED`); ``HTTPTransportError`` when the answer
    ///   breaks off or is no HTTP, or when the server hangs.
    package func send(_ request: HTTPRequest) async throws -> HTTPClientResponse {
        var request = request
        request.headers.set("Connection", to: "close")
        let (head, socket) = try await exchange(request)
        return Self.response(head, socket)
    }

    /// Sends `request` with its `Upgrade` header and returns the raw stream.
    ///
    /// - Throws: ``UpgradeRefused`` when the answer is not 101.
    package func upgrade(_ request: HTTPRequest) async throws -> AsyncStreamSocket {
        var request = request
        request.headers.set("Connection", to: "Upgrade")
        let (head, socket) = try await exchange(request)
        guard head.status == 101 else {
            let body = try await Self.response(head, socket).collect(limit: 1 << 20)
            throw UpgradeRefused(status: head.status, headers: head.fields, body: body)
        }
        return socket
    }

    /// The answer to a request that should have been upgraded.
    package struct UpgradeRefused: Error {
        package let status: Int
        package let headers: HTTPHeaders
        package let body: [UInt8]
    }

    private func exchange(_ request: HTTPRequest) async throws -> (ResponseHead, AsyncStreamSocket) {
        guard let patience else { return try await ask(request) }
        return try await withThrowingTaskGroup(of: (ResponseHead, AsyncStreamSocket)?.self) { group in
            group.addTask { [self] in try await ask(request) }
            group.addTask { [self] in
                try await watch(patience)
                return nil
            }
            defer { group.cancelAll() }
            guard let answer = try await group.next() ?? nil else { throw HTTPTransportError.tooSlow }
            return answer
        }
    }

    /// Returns when the server hangs. An answer may take long; a server that works on one still answers others.
    private func watch(_ patience: Patience) async throws {
        while true {
            try await Task.sleep(for: patience.silence)
            do {
                // Whatever it says to that, also that it knows no such place, is a sign of life.
                _ = try await withTimeLimit(patience.sign) { [self] in
                    try await ask(HTTPRequest(method: "GET", path: "/paas/v1/alive", headers: ["Connection": "close"]))
                }
            } catch HTTPTransportError.tooSlow {
                return
            } catch {
                // It has gone, which the one that waits for the answer hears by itself.
                try Task.checkCancellation()
            }
        }
    }

    /// Sends `request` over a connection that the caller has made, and returns when the answer's head is there.
    ///
    /// - Parameter write: passes the request's bytes on; as they are where there is none.
    package static func send(
        _ request: HTTPRequest, over socket: AsyncStreamSocket,
        writing write: (([UInt8]) async throws -> Void)? = nil
    ) async throws -> HTTPClientResponse {
        var request = request
        request.headers.set("Connection", to: "close")
        let head = try await ask(request, over: socket, writing: write ?? { try await socket.write($0) })
        return response(head, socket)
    }

    private func ask(_ request: HTTPRequest) async throws -> (ResponseHead, AsyncStreamSocket) {
        let socket = try AsyncStreamSocket(try await connect(), reactor: reactor)
        return (try await Self.ask(request, over: socket) { try await socket.write($0) }, socket)
    }

    private static func ask(
        _ request: HTTPRequest, over socket: AsyncStreamSocket, writing write: ([UInt8]) async throws -> Void
    ) async throws -> ResponseHead {
        do {
            try await write(bytes(of: request))
        } catch let error as PosixError where error.isBrokenPipe {
            // A server that refuses a request early has answered it: read that.
        }
        while true {
            guard let head = try await HTTPHeadReader.response(to: request.method, from: socket) else {
                throw HTTPTransportError.closed
            }
            if head.status >= 200 || head.status == 101 { return head }
        }
    }

    /// A listener whose queue is full says "again": it is asked again for a second.
    private func connect() async throws -> Descriptor {
        var pause = Duration.milliseconds(1)
        while true {
            do {
                return try UnixSocket.connect(to: socketPath)
            } catch {
                guard error.isAgain else { throw error }
                guard pause < .milliseconds(600) else { throw HTTPTransportError.tooSlow }
            }
            try await Task.sleep(for: pause)
            pause *= 2
        }
    }

    private static func response(_ head: ResponseHead, _ socket: AsyncStreamSocket) -> HTTPClientResponse {
        let body = HTTPClientBody(stream: HTTPBodyStream(socket, head.framing))
        return HTTPClientResponse(status: head.status, headers: head.fields, body: body)
    }

    private static func bytes(of request: HTTPRequest) -> [UInt8] {
        var headers = request.headers
        if headers["Host"] == nil { headers.add("Host", "localhost") }
        if !request.body.isEmpty || !["GET", "HEAD", "DELETE"].contains(request.method) {
            headers.set("Content-Length", to: String(request.body.count))
        }
        var bytes = Array("\(request.method) \(request.target) HTTP/1.1\r\n".utf8)
        headers.write(to: &bytes)
        bytes += [0x0D, 0x0A]
        return bytes + request.body
    }
}
