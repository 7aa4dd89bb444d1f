internal import APISchema
internal import HTTP
package import Posix
internal import Synchronization

/// Typed calls of the Platform API over the owner's socket.
package final class PlatformClient: Sendable {
    private let http: HTTPClient
    private let renew: @Sendable () async throws -> Void
    private let revive: (@Sendable () async throws -> Void)?
    private let hasRenewed = Mutex(false)

    /// - Parameters:
    ///   - renew: replaces a daemon that is older than this program; called at most once.
    ///   - revive: starts a daemon in the place of one that has died; `nil` where it is to be left so.
    package init(
        socketPath: String, reactor: Reactor, renew: @escaping @Sendable () async throws -> Void = {},
        revive: (@Sendable () async throws -> Void)? = nil
    ) {
        http = HTTPClient(socketPath: socketPath, reactor: reactor, patience: .init())
        self.renew = renew
        self.revive = revive
    }

    /// Calls `METHOD /path` and decodes the answer.
    ///
    /// - Parameters:
    ///   - path: segments, not yet percent-encoded.
    ///   - range: a `Range` header, `version ..; max=15, order=desc`.
    /// - Throws: ``APIFailure`` for a status of 400 or more.
    func call<Answer: Decodable>(
        _ method: String = "GET", _ path: [String], body: (any Encodable & Sendable)? = nil, range: String? = nil,
        query: [String: String] = [:]
    ) async throws -> Answer {
        try WireJSON.decode(from: try await bytes(method, path, body: body, range: range, query: query))
    }

    /// As ``call(_:_:body:range:query:)``, for answers that nobody reads.
    func perform(
        _ method: String, _ path: [String], body: (any Encodable & Sendable)? = nil, query: [String: String] = [:]
    ) async throws {
        _ = try await bytes(method, path, body: body, range: nil, query: query)
    }

    /// The answer of a GET as it came, for `--json`.
    package func document(
        _ path: [String], range: String? = nil, query: [String: String] = [:]
    ) async throws -> [UInt8] {
        try await bytes("GET", path, body: nil, range: range, query: query)
    }

    /// All elements of a list, which the platform gives out in parts.
    func list<Element: Decodable>(_ path: [String], query: [String: String] = [:]) async throws -> [Element] {
        try await parts(of: path, query: query).flatMap { try WireJSON.decode([Element].self, from: $0) }
    }

    /// As ``document(_:range:query:)``, for a list that may come in parts.
    package func wholeList(_ path: [String], query: [String: String] = [:]) async throws -> [UInt8] {
        let parts = try await parts(of: path, query: query)
        guard parts.count > 1 else { return parts.first ?? [] }
        // Each is one array; what stands between its brackets goes on in the next.
        let inner = parts.compactMap { part -> ArraySlice<UInt8>? in
            guard let open = part.firstIndex(of: 0x5B), let close = part.lastIndex(of: 0x5D) else { return nil }
            return part[(open + 1)..<close]
        }
        return [0x5B] + inner.filter { !$0.isEmpty }.joined(separator: [0x2C]) + [0x5D]
    }

    private func parts(of path: [String], query: [String: String]) async throws -> [[UInt8]] {
        var parts: [[UInt8]] = []
        var next: String?
        repeat {
            var request = try Self.request("GET", path, body: nil)
            request.query = query
            if let next { request.headers.set("Range", to: next) }
            let response = try await send(request)
            parts.append(try await response.collect())
            next = response.headers["Next-Range"]
        } while next != nil
        return parts
    }

    /// A GET whose answer goes on for a while.
    ///
    /// - Parameter target: a path, or a URL that begins with `http://localhost/`.
    package func stream(_ target: String) async throws -> ByteStream {
        var path = target[...]
        for prefix in ["http://localhost", "https://localhost"] where path.hasPrefix(prefix) {
            path = path.dropFirst(prefix.count)
        }
        let halves = path.split(separator: "?", maxSplits: 1)
        var query: [String: String] = [:]
        for pair in halves.dropFirst().first?.split(separator: "&") ?? [] {
            let parts = pair.split(separator: "=", maxSplits: 1).map { PercentCoding.decode($0, plusIsSpace: true) }
            query[parts.first ?? ""] = parts.dropFirst().first ?? ""
        }
        let request = HTTPRequest(method: "GET", path: String(halves.first ?? "/"), query: query)
        return ByteStream(body: try await send(request).body)
    }

    /// A POST that is answered by ``PushEvent`` lines.
    func events(_ path: [String], body: (any Encodable & Sendable)?) async throws -> PushEventStream {
        let response = try await send(try Self.request("POST", path, body: body))
        return PushEventStream(lines: LineStream(ByteStream(body: response.body)))
    }

    /// A request that becomes a raw stream.
    func upgrade(
        _ method: String, _ path: [String], to name: String, body: (any Encodable & Sendable)? = nil,
        query: [String: String] = [:]
    ) async throws -> AsyncStreamSocket {
        var request = try Self.request(method, path, body: body)
        request.query = query
        request.headers.set("Upgrade", to: name)
        request.headers.set(PlatformVersion.headerName, to: PlatformVersion.current.description)
        do {
            return try await insisting(on: request) { try await $0.upgrade(request) }
        } catch let refused as HTTPClient.UpgradeRefused {
            throw APIFailure(status: refused.status, bytes: refused.body)
        } catch HTTPTransportError.tooSlow {
            throw PlatformHangs()
        }
    }

    private func bytes(
        _ method: String, _ path: [String], body: (any Encodable & Sendable)?, range: String?, query: [String: String]
    ) async throws -> [UInt8] {
        var request = try Self.request(method, path, body: body)
        request.query = query
        if let range { request.headers.set("Range", to: range) }
        return try await send(request).collect()
    }

    private static func request(
        _ method: String, _ path: [String], body: (any Encodable & Sendable)?
    ) throws -> HTTPRequest {
        var request = HTTPRequest(
            method: method, path: "/" + path.map { PercentCoding.encode($0) }.joined(separator: "/"))
        if let body {
            request.body = try WireJSON.encode(body)
            request.headers.set("Content-Type", to: "application/json")
        }
        return request
    }

    private func send(_ request: HTTPRequest) async throws -> HTTPClientResponse {
        var request = request
        request.headers.set("Accept", to: "application/vnd.heroku+json; version=3")
        request.headers.set(PlatformVersion.headerName, to: PlatformVersion.current.description)
        var response = try await reply(to: request)
        if isFromOlderDaemon(response), request.method == "GET" || response.status == 426, isFirstRenewal() {
            try await renew()
            response = try await reply(to: request)
        }
        guard response.status < 400 else {
            throw APIFailure(status: response.status, bytes: try await response.collect(limit: 1 << 20))
        }
        return response
    }

    /// As ``insisting(on:_:)``, and says so when the daemon hangs.
    private func reply(to request: HTTPRequest) async throws -> HTTPClientResponse {
        do {
            return try await insisting(on: request) { try await $0.send(request) }
        } catch HTTPTransportError.tooSlow {
            throw PlatformHangs()
        }
    }

    /// How often a question is put again to a daemon that hangs up.
    private static let repetitions = 5

    /// Asks, and asks again where the daemon has gone meanwhile: whatever never reached it, and what only reads.
    ///
    /// What changes something is asked of a daemon that has just answered: one that was killed takes connections a little
    /// longer than it lives.
    ///
    /// - Throws: ``PlatformLost`` where it may have got the request, and repeating it might do a thing twice.
    private func insisting<Answer>(
        on request: HTTPRequest, _ ask: (HTTPClient) async throws -> Answer
    ) async throws -> Answer {
        if request.method != "GET", revive != nil {
            let question = HTTPRequest(method: "GET", path: "/paas/v1/alive")
            _ = try await insisting(on: question) { try await $0.send(question).collect() }
        }
        for repetition in 1... {
            do {
                return try await ask(http)
            } catch let error as PosixError where error.isUnheard {
                guard let revive, repetition <= Self.repetitions else { throw error }
                try await revive()
            } catch  where Self.meansHungUp(error) {
                guard request.method == "GET" else { throw PlatformLost() }
                guard let revive, repetition <= Self.repetitions else { throw error }
                try await Task.sleep(for: .milliseconds(10 << repetition))
                try await revive()
            }
        }
        throw PlatformLost()
    }

    /// Whether the connection broke off before the first byte of an answer.
    private static func meansHungUp(_ error: any Error) -> Bool {
        (error as? PosixError)?.isBrokenPipe ?? ((error as? HTTPTransportError) == .closed)
    }

    /// An answer without a version comes from something that is no daemon of ours; it is left alone.
    private func isFromOlderDaemon(_ response: HTTPClientResponse) -> Bool {
        guard let text = response.headers[PlatformVersion.headerName], let version = PlatformVersion(text) else {
            return false
        }
        return version < .current
    }

    private func isFirstRenewal() -> Bool {
        hasRenewed.withLock { renewed in
            defer { renewed = true }
            return !renewed
        }
    }
}
