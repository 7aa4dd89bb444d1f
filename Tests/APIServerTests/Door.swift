import Addons
import HTTP
import Model
import Platform
import PlatformSupport
import Posix
import TestSupport

@testable import APIServer

/// The API on both of its sockets, before a real conductor on a ``Stage``.
final class Door: Sendable {
    let stage: Stage
    private let reactor: Reactor

    /// Serves while `body` runs.
    ///
    /// - Parameters:
    ///   - addons: what there is of add-ons.
    ///   - andServing: is told of the API, and runs until `body` is over.
    static func with(
        _ runtime: FakeRuntime = FakeRuntime(), addons: AddonCatalogue = AddonCatalogue([FakeProvider(), Scheduler()]),
        andServing: (@Sendable (Platform, APIServer) async -> Void)? = nil, _ body: (Door) async throws -> Void
    ) async throws {
        let door = try Door(runtime, addons)
        let api = APIServer(
            door.stage.platform,
            daemon: .init(
                version: "1.2.3", processID: 1, userID: Environment.userID, home: door.stage.folder, port: 8080,
                addresses: ["127.0.0.1:8080"], routerProcessID: { nil }, routerUserID: { nil },
                shutDown: { _ in }))
        let platform = door.stage.platform
        let more = Task<Void, Never> { if let andServing { await andServing(platform, api) } }
        let serving = try [
            door.serve(door.ownerSocket) { await api.serveOwner($0, $1, $2) },
            door.serve(door.routedSocket) { await api.serveRouted($0, $1, $2) },
            door.serve(door.strangerSocket) { request, responder, _ in await api.serveOwner(request, responder, nil) },
        ]
        let result: Result<Void, any Error>
        do { result = .success(try await body(door)) } catch { result = .failure(error) }
        for task in serving + [more] {
            task.cancel()
            await task.value
        }
        await door.stage.close()
        try result.get()
    }

    private init(_ runtime: FakeRuntime, _ addons: AddonCatalogue) throws {
        stage = try Stage(runtime, addons: addons)
        reactor = try Reactor()
    }

    private var ownerSocket: String { "\(stage.folder)/owner.sock" }
    /// The owner's entrance to somebody whose user id the kernel does not tell.
    private var strangerSocket: String { "\(stage.folder)/stranger.sock" }
    private var routedSocket: String { "\(stage.folder)/routed.sock" }

    private func serve(_ path: String, _ handler: @escaping HTTPServer.Handler) throws -> Task<Void, Never> {
        let listener = AsyncListener(try UnixSocket.listen(at: path), reactor: reactor)
        return Task {
            try? await HTTPServer(handler: handler).serve(listener)  // Ends by being cancelled.
        }
    }

    /// Asks over the owner's socket.
    func ask(
        _ method: String, _ path: String, _ body: String? = nil, _ headers: HTTPHeaders = [:]
    ) async throws -> Reply {
        var headers = headers
        if headers["Accept"] == nil { headers.set("Accept", to: "application/vnd.heroku+json; version=3") }
        return try await send(method, path, body, headers, to: ownerSocket)
    }

    /// Asks at the owner's entrance as nobody in particular.
    func askAsStranger(_ method: String, _ path: String) async throws -> Reply {
        try await send(method, path, nil, [:], to: strangerSocket)
    }

    /// Asks as the router passes a request on; with the right host and token unless other headers say otherwise.
    func askRouted(
        _ method: String, _ path: String, token: String?, host: String = "api.localhost:8080",
        _ more: HTTPHeaders = [:], body: String? = nil
    ) async throws -> Reply {
        var headers = more
        headers.set("Host", to: host)
        headers.set("Accept", to: "application/vnd.heroku+json; version=3")
        if let token { headers.set("Authorization", to: token) }
        return try await send(method, path, body, headers, to: routedSocket)
    }

    private func send(
        _ method: String, _ path: String, _ body: String?, _ headers: HTTPHeaders, to socket: String
    ) async throws -> Reply {
        let request = HTTPRequest(method: method, path: path, headers: headers, body: Array((body ?? "").utf8))
        let response = try await HTTPClient(socketPath: socket, reactor: reactor).send(request)
        return Reply(status: response.status, headers: response.headers, body: try await response.collect())
    }
}

/// A whole answer.
struct Reply: CustomStringConvertible {
    let status: Int
    let headers: HTTPHeaders
    let body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }
    var description: String { "\(status) \(text)" }

    func json() throws -> JSONValue { try JSONValue(parsing: body) }

    /// A property of each element of a list.
    func column(_ name: String) throws -> [JSONValue] { (try json().list ?? []).compactMap { $0[name] } }
    func names() throws -> [String] { try column("name").compactMap(\.text) }
}
