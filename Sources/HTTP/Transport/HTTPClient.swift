package import Posix

/// Speaks HTTP/1.1 over a Unix socket, one connection a request.
package final class HTTPClient: Sendable {
    private let socketPath: String
    private let reactor: Reactor

    package init(socketPath: String, reactor: Reactor) {
        self.socketPath = socketPath
        self.reactor = reactor
    }

    /// Sends `request` and returns when the answer's head is there.
    ///
    /// - Throws: `PosixError` when nobody listens (`ENOENT`, `ECONNREFUSED`); ``HTTPTransportError`` when the answer
    ///   breaks off or is no HTTP.
    package func send(_ request: HTTPRequest) async throws -> HTTPClientResponse {
        var request = request
        request.headers.set("Connection", to: "close")
        let (head, status, socket) = try await exchange(request)
        return try response(head, status, socket, method: request.method)
    }

    /// Sends `request` with its `Upgrade` header and returns the raw stream.
    ///
    /// - Throws: ``UpgradeRefused`` when the answer is not 101.
    package func upgrade(_ request: HTTPRequest) async throws -> AsyncStreamSocket {
        var request = request
        request.headers.set("Connection", to: "Upgrade")
        let (head, status, socket) = try await exchange(request)
        guard status == 101 else {
            let answer = try response(head, status, socket, method: request.method)
            throw UpgradeRefused(status: status, headers: head.headers, body: try await answer.collect(limit: 1 << 20))
        }
        return socket
    }

    /// The answer to a request that should have been upgraded.
    package struct UpgradeRefused: Error {
        package let status: Int
        package let headers: HTTPHeaders
        package let body: [UInt8]
    }

    private func exchange(_ request: HTTPRequest) async throws -> (HTTPHeadReader.Head, Int, AsyncStreamSocket) {
        let socket = try AsyncStreamSocket(try await connect(), reactor: reactor)
        do {
            try await socket.write(Self.bytes(of: request))
        } catch let error as PosixError where error.isBrokenPipe {
            // A server that refuses a request early has answered it: read that.
        }
        while true {
            guard let head = try await HTTPHeadReader.read(from: socket) else { throw HTTPTransportError.closed }
            guard head.words.0.hasPrefix("HTTP/1."), let status = Int(head.words.1), (100...599).contains(status) else {
                throw HTTPTransportError.malformed("status line")
            }
            if status >= 200 || status == 101 { return (head, status, socket) }
        }
    }

    /// A listener whose queue is full says "again": it is asked again for a second.
    private func connect() async throws -> Descriptor {
        var pause = Duration.milliseconds(1)
        while true {
            do {
                return try UnixSocket.connect(to: socketPath)
            } catch {
                guard error.isAgain, pause < .milliseconds(600) else { throw error }
            }
            try await Task.sleep(for: pause)
            pause *= 2
        }
    }

    private func response(
        _ head: HTTPHeadReader.Head, _ status: Int, _ socket: AsyncStreamSocket, method: String
    ) throws -> HTTPClientResponse {
        let framing = try HTTPBodyStream.Framing.ofResponse(head.headers, status: status, to: method)
        let body = HTTPClientBody(stream: HTTPBodyStream(socket, framing))
        return HTTPClientResponse(status: status, headers: head.headers, body: body)
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
