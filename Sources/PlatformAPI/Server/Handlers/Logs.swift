internal import APISchema
internal import HTTP
internal import Model
internal import Platform
internal import Synchronization

extension APIServer {
    static let logRoutes: [Route] = [
        Route("POST", "apps/:app/log-sessions") { call in
            let app = try await call.app()
            let body = try call.body(LogSessionCreate.self)
            let id = call.server.logSessions.open(
                LogSessions.Session(
                    app: app.id,
                    filter: LogFilter(
                        source: try body.source.map { try LogLine.Source(asked: $0) },
                        process: body.dynoName ?? body.dyno ?? body.type),
                    lines: min(max(body.lines ?? 100, 0), 1500), isTail: body.tail ?? false))
            let now = call.platform.now().iso8601
            return try .ok(
                LogSessionResource(
                    createdAt: now, id: "\(id)", logplexURL: call.links.url("log-sessions/\(id)"),
                    updatedAt: now), status: 201)
        },
        Route("GET", "paas/v1/log-sessions/:session") { call in
            guard let id = Identifier<LogSessions.Session>(call.parameter("session")),
                let session = call.server.logSessions.take(id)
            else { throw BadRequest.noSuchEndpoint("GET \(call.request.path)") }
            try await call.stream(session)
            return .answered
        },
    ]
}

/// The sessions that have been asked for and not yet read; the newest few hundred.
final class LogSessions: Sendable {
    struct Session: Sendable {
        let app: AppID
        let filter: LogFilter
        let lines: Int
        let isTail: Bool
    }

    private let waiting = Mutex<[(id: Identifier<Session>, session: Session)]>([])

    func open(_ session: Session) -> Identifier<Session> {
        let id = Identifier<Session>()
        waiting.withLock { waiting in
            waiting.append((id, session))
            if waiting.count > 256 { waiting.removeFirst() }
        }
        return id
    }

    /// The session, once.
    func take(_ id: Identifier<Session>) -> Session? {
        waiting.withLock { waiting in
            guard let index = waiting.firstIndex(where: { $0.id == id }) else { return nil }
            return waiting.remove(at: index).session
        }
    }
}

extension Call {
    fileprivate func stream(_ session: LogSessions.Session) async throws {
        let platform = platform
        let form = LogLineForm(accept: request.headers["Accept"])
        let writer = try await stream(form.contentType)
        guard session.isTail else {
            let lines = await platform.log(of: session.app, matching: session.filter, last: session.lines)
            var form = form
            try await writer.write(form.bytes(of: lines))
            return try await writer.finish()
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                let batches = await platform.followLog(
                    of: session.app, matching: session.filter, last: session.lines)
                var form = form
                do {
                    for await lines in batches { try await writer.write(form.bytes(of: lines)) }
                } catch {
                    return  // The client has gone.
                }
            }
            group.addTask { [responder] in await responder.clientGone() }
            await group.next()
            group.cancelAll()
        }
    }
}

extension LogLine.Source {
    /// - Throws: ``BadRequest/source(_:)`` for what is no source: its lines would be none, or all.
    fileprivate init(asked text: String) throws(BadRequest) {
        guard let source = Self(rawValue: text) else { throw .source(text) }
        self = source
    }
}
