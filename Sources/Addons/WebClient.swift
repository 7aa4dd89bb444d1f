internal import HTTP
internal import HTTPSecure
package import Posix

/// Calls services of the world, or of this machine: one connection a call, no redirects.
package struct WebClient: Sendable {
    private let reactor: Reactor
    private let pool: BlockingPool
    /// How long one call may take, from its name's lookup to the answer's last byte.
    let limit: Duration

    package init(reactor: Reactor, pool: BlockingPool, limit: Duration) {
        self.reactor = reactor
        self.pool = pool
        self.limit = limit
    }

    struct Answer: Sendable {
        var status: Int
        var body: [UInt8]
    }

    enum Failure: Error {
        /// Nothing has reached the other side.
        case unreachable(String)
        /// Whatever the other side has done: there is no answer that can be read.
        case broken(String)
    }

    private static let bodyLimitBytes = 1 << 20

    func send(_ method: String, to address: WebAddress, headers: HTTPHeaders, body: [UInt8] = []) async throws -> Answer
    {
        var request = HTTPRequest(method: method, path: address.path, headers: headers, body: body)
        request.headers.set("Host", to: address.place)
        let whole = request
        do {
            return try await withTimeLimit(limit) { [self] in try await exchange(whole, with: address) }
        } catch HTTPTransportError.tooSlow {
            throw Failure.broken("it did not answer within \(limit.components.seconds) seconds")
        } catch let failure as HTTPTransportError {
            throw Failure.broken("\(failure)")
        } catch let error as PosixError {
            throw Failure.broken("\(error)")
        }
    }

    private func exchange(_ request: HTTPRequest, with address: WebAddress) async throws -> Answer {
        let socket: AsyncStreamSocket
        do {
            // Names below `localhost` are this machine, whether or not its resolver knows them. Source: RFC 6761 §6.3.
            let host = address.host.hasSuffix(".localhost") ? "localhost" : address.host
            socket = try await OutwardConnection(reactor: reactor, pool: pool).open(host, address.port)
        } catch let error as CancellationError {
            throw error
        } catch {
            throw Failure.unreachable("\(error)")
        }
        defer { socket.close() }
        let response =
            address.isSecure
            ? try await HTTPClient.send(request, over: socket) { try await Self.secure($0, socket, address.host) }
            : try await HTTPClient.send(request, over: socket)
        return Answer(status: response.status, body: try await response.collect(limit: Self.bodyLimitBytes))
    }

    /// Sends the request within TLS; the whole answer is what `socket` reads next.
    private static func secure(_ request: [UInt8], _ socket: AsyncStreamSocket, _ host: String) async throws {
        do {
            let tls = try TLSClient(host: host)
            while try !tls.shakeHands() {
                try await socket.write(tls.takeOutput())
                let bytes = try await socket.read()
                guard !bytes.isEmpty else { throw Failure.unreachable("it hung up during the handshake") }
                tls.receive(bytes)
            }
            try tls.write(request)
            try await socket.write(tls.takeOutput())
            socket.unread(try await answer(tls, socket))
        } catch let error as SecureError {
            throw Failure.unreachable("it can't be trusted (\(error))")
        }
    }

    private static func answer(_ tls: TLSClient, _ socket: AsyncStreamSocket) async throws -> [UInt8] {
        var answer: [UInt8] = []
        while answer.count <= bodyLimitBytes + 65_536 {
            do {
                switch try tls.read() {
                case .bytes(let bytes): answer += bytes
                case .end: return answer
                case .wantsMore:
                    let bytes = try await socket.read()
                    // Many servers end without saying so; what they have sent is whole or not, as HTTP counts.
                    guard !bytes.isEmpty else { return answer }
                    tls.receive(bytes)
                }
            } catch let error as SecureError {
                throw Failure.broken("\(error)")
            }
        }
        throw HTTPTransportError.bodyTooLarge
    }
}
