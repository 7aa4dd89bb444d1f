package import Posix

/// Serves HTTP/1.1 on a listener: each connection in a task of its own, requests of a connection one after the other.
package struct HTTPServer: Sendable {
    package typealias Handler = @Sendable (HTTPRequest, HTTPResponder, UnixSocket.Peer?) async -> Void

    private let handler: Handler
    private let idleLimit: Duration
    private let rules: HTTPServerRules

    /// - Parameters:
    ///   - handler: answers a request. Its task is cancelled when the server stops. Where it returns without an
    ///     answer, the client gets a 500. The peer is `nil` on TCP.
    ///   - idleLimit: how long a client may take to send a request, counted from the last answer.
    ///   - rules: what is not taken at all.
    package init(
        idleLimit: Duration = .seconds(60), rules: HTTPServerRules = HTTPServerRules(),
        handler: @escaping @Sendable (HTTPRequest, HTTPResponder, UnixSocket.Peer?) async -> Void
    ) {
        self.handler = handler
        self.idleLimit = idleLimit
        self.rules = rules
    }

    /// Serves one connection that somebody else has accepted, to its end.
    package func serve(_ socket: AsyncStreamSocket) async {
        await HTTPServerConnection(socket, handler, idleLimit, rules).run()
    }

    /// Runs until the task is cancelled or the listener breaks; leaves no connection behind.
    package func serve(_ listener: borrowing AsyncListener) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            defer { group.cancelAll() }
            while true {
                let socket = try await listener.accept()
                group.addTask { await HTTPServerConnection(socket, handler, idleLimit, rules).run() }
            }
        }
    }
}
