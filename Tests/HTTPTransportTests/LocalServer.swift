import HTTP
import Posix

/// A server on a Unix socket in a scratch folder, for the length of a test.
struct LocalServer {
    let path: String
    let client: HTTPClient
    let reactor: Reactor

    /// Serves with `handler` while `body` runs; leaves no file behind.
    static func run(
        idleLimit: Duration = .seconds(60), rules: HTTPServerRules = HTTPServerRules(),
        _ handler: @escaping HTTPServer.Handler,
        _ body: @escaping @Sendable (LocalServer) async throws -> Void
    ) async throws {
        let folder = "/tmp/paas-http-\(Moment.monotonicNanoseconds)-\(UInt32.random(in: 0 ... .max))"
        try FileTree.makeFolder(folder)
        defer { try? FileTree.remove(folder) }
        let reactor = try Reactor()
        let path = folder + "/api.sock"
        let listener = AsyncListener(try UnixSocket.listen(at: path), reactor: reactor)
        let server = HTTPServer(idleLimit: idleLimit, rules: rules, handler: handler)
        let local = LocalServer(path: path, client: HTTPClient(socketPath: path, reactor: reactor), reactor: reactor)
        let serving = Task { try await server.serve(listener) }
        do {
            try await body(local)
        } catch {
            serving.cancel()
            throw error
        }
        serving.cancel()
        _ = await serving.result
    }

    /// A raw connection, for what a well-behaved client never sends.
    func connect() throws -> AsyncStreamSocket {
        try AsyncStreamSocket(try UnixSocket.connect(to: path), reactor: reactor)
    }

    /// Sends `text` and reads to the end of the connection.
    func exchange(_ text: String) async throws -> String {
        let socket = try connect()
        try await socket.write(Array(text.utf8))
        return try await socket.readToEnd()
    }
}

extension AsyncStreamSocket {
    func readToEnd() async throws -> String {
        var all: [UInt8] = []
        while true {
            let part = try await read()
            if part.isEmpty { return String(decoding: all, as: UTF8.self) }
            all += part
        }
    }
}
