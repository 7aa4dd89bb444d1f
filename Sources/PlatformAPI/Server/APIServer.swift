internal import APISchema
package import HTTP
internal import Model
package import Platform
package import Posix

/// The one door: the Platform API v3 over the owner's socket, and over the router at `api.localhost` with a token.
///
/// A handler decodes, calls one use case and encodes; it decides nothing.
package struct APIServer: Sendable {
    /// What only the daemon knows and can do.
    package struct Daemon: Sendable {
        package var version: String
        package var processID: Int32
        package var userID: UInt32
        package var home: String
        package var port: UInt16
        package var addresses: [String]
        package var routerProcessID: @Sendable () async -> Int32?
        package var routerUserID: @Sendable () async -> UInt32?
        /// Stops everything, or (with `keepingDynos`) the daemon alone; the answer is sent before the process ends.
        package var shutDown: @Sendable (_ keepingDynos: Bool) async -> Void

        package init(
            version: String, processID: Int32, userID: UInt32, home: String, port: UInt16, addresses: [String],
            routerProcessID: @escaping @Sendable () async -> Int32?,
            routerUserID: @escaping @Sendable () async -> UInt32?,
            shutDown: @escaping @Sendable (_ keepingDynos: Bool) async -> Void
        ) {
            self.version = version
            self.processID = processID
            self.userID = userID
            self.home = home
            self.port = port
            self.addresses = addresses
            self.routerProcessID = routerProcessID
            self.routerUserID = routerUserID
            self.shutDown = shutDown
        }
    }

    let platform: Platform
    let daemon: Daemon
    let logSessions = LogSessions()

    package init(_ platform: Platform, daemon: Daemon) {
        self.platform = platform
        self.daemon = daemon
    }

    /// Serves the owner's socket: whoever may open it is the owner, or root.
    package func serveOwner(_ request: HTTPRequest, _ responder: HTTPResponder, _ peer: UnixSocket.Peer?) async {
        let isOwner = peer.map { $0.userID == daemon.userID || $0.userID == 0 } ?? false
        await serve(request, responder) {
            guard isOwner else { throw BadRequest.notTheOwner }
            return .owner
        }
    }

    /// Serves what comes through the router: nothing without a token, nothing for web pages of other hosts.
    package func serveRouted(_ request: HTTPRequest, _ responder: HTTPResponder, _ peer: UnixSocket.Peer?) async {
        if MailPages.host(of: request) == "mail.localhost" { return await serveMail(request, responder) }
        await serve(request, responder) { try await checkRouted(request) }
    }

    /// Serves what dynos send to a service of the world for which this machine answers.
    package func serveWorld(_ request: HTTPRequest, _ responder: HTTPResponder, _ peer: UnixSocket.Peer?) async {
        await serveService(request, responder)
    }

    private func checkRouted(_ request: HTTPRequest) async throws -> Links {
        let host = (request.headers["Host"] ?? "").lowercased()
        guard host == "api.localhost" || host.hasPrefix("api.localhost:") else {
            throw BadRequest.noSuchEndpoint("http://\(host)")
        }
        if let origin = request.headers["Origin"] { throw BadRequest.foreignPage(origin) }
        let token = try await platform.token()
        let credentials = Credentials(request.headers["Authorization"])
        if !credentials.holds(token), !Links.isFollowed(by: request, token: token) {
            try await checkPartner(request.overridden, credentials)
        }
        return .routed(request, token: token)
    }

    private func serve(
        _ request: HTTPRequest, _ responder: HTTPResponder, checking check: () async throws -> Links
    ) async {
        var headers: HTTPHeaders = [
            "Request-Id": "\(Identifier<Call>())", PlatformVersion.headerName: daemon.version,
            // Nobody is held back, and clients pace themselves by it. Source: platform-api.md §1.8.
            "RateLimit-Remaining": "4500",
        ]
        do {
            do {
                let links = try await check()
                let request = request.overridden
                if !request.isPlatformOwn, try AcceptedVersion(request.headers["Accept"]) == .unsaid {
                    headers.set("Warning-Message", to: AcceptedVersion.remark)
                }
                try await checkUnchanged(request, responder, headers, links)
                let answer = try await answer(request, responder, headers, links)
                try await send(answer, for: request, headers: headers, responder)
            } catch let error as HTTPTransportError {
                throw error
            } catch {
                try await sendError(error, headers: headers, responder)
            }
        } catch {
            // The client has gone; there is nobody to tell.
        }
    }

    private func answer(
        _ request: HTTPRequest, _ responder: HTTPResponder, _ headers: HTTPHeaders, _ links: Links
    ) async throws -> Answer {
        let segments = request.segments
        // What v3 answers to GET it answers to HEAD, without the body.
        let method = request.method == "HEAD" && !request.isPlatformOwn ? "GET" : request.method
        for route in Self.routes where route.method == method {
            guard let parameters = route.parameters(in: segments) else { continue }
            return try await route.handle(
                Call(
                    request: request, responder: responder, parameters: parameters, platform: platform, server: self,
                    headers: headers, links: links))
        }
        throw BadRequest.noSuchEndpoint("\(request.method) \(request.path)")
    }

    /// `If-Match`: a change is made only to what the client has seen. Source: platform-api.md §1.8.
    private func checkUnchanged(
        _ request: HTTPRequest, _ responder: HTTPResponder, _ headers: HTTPHeaders, _ links: Links
    ) async throws {
        guard let wanted = request.headers["If-Match"], !request.isRead, !request.isPlatformOwn else { return }
        var read = request
        read.method = "GET"
        guard case .json(_, let bytes, _) = try await answer(read, responder, headers, links),
            EntityTag(bytes).isListed(in: wanted)
        else { throw BadRequest.changedMeanwhile }
    }

    private func send(
        _ answer: Answer, for request: HTTPRequest, headers: HTTPHeaders, _ responder: HTTPResponder
    ) async throws {
        var headers = headers
        switch answer {
        case .answered: return
        case .empty(let status): try await responder.send(status: status, headers: headers)
        case .text(let bytes):
            headers.set("Content-Type", to: "text/plain; charset=utf-8")
            try await responder.send(status: 200, headers: headers, body: bytes)
        case .json(let status, let bytes, let more):
            for field in more.list { headers.set(field.name, to: field.value) }
            headers.set("Content-Type", to: "application/json")
            headers.set("Cache-Control", to: "private, no-cache")
            if request.isRead {
                let tag = EntityTag(bytes)
                headers.set("ETag", to: tag.text)
                if tag.isListed(in: request.headers["If-None-Match"]) {
                    return try await responder.send(status: 304, headers: headers)
                }
            }
            try await responder.send(status: status, headers: headers, body: bytes)
        }
    }

    private func sendError(
        _ error: any Error, headers: HTTPHeaders, _ responder: HTTPResponder
    ) async throws {
        let explanation =
            (error as? any Explained)?.explanation
            ?? Explanation("Something went wrong inside paas", because: "\(error)", id: .internalError)
        let message = explanation.sentence
        var resource = (error as? PlatformError)?.missingResource
        if case .noSuch(let name, _)? = error as? BadRequest { resource = name.replacing(" ", with: "_") }
        let body = ErrorBody(
            id: explanation.id.rawValue, message: message, resource: resource,
            mend: explanation.mend.isEmpty ? nil : explanation.mend)
        var headers = headers
        headers.set("Content-Type", to: "application/json")
        try await responder.send(
            status: explanation.id.httpStatus, headers: headers, body: try WireJSON.encode(body))
    }

    static let routes: [Route] =
        appRoutes + configRoutes + releaseRoutes + formationRoutes + dynoRoutes + logRoutes + featureRoutes
        + domainRoutes + certificateRoutes + buildRoutes + accountRoutes + catalogueRoutes + sleepRoutes
        + addonRoutes + attachmentRoutes + addonServiceRoutes + databaseRoutes + transferRoutes + storeRoutes
        + backupScheduleRoutes + schedulerRoutes + mailRoutes + partnerRoutes
        + platformRoutes
}
