package import Posix
internal import Synchronization

/// Answers one request, once: ``send(status:headers:body:)``, ``stream(status:headers:)`` or ``upgrade(to:)``.
package final class HTTPResponder: Sendable {
    enum State: Sendable {
        case waiting
        case sent
        case streaming(HTTPBodyWriter)
        case upgraded
    }

    private let socket: AsyncStreamSocket
    private let isHead: Bool
    private let isHTTP10: Bool
    private let keepsAlive: Bool
    private let progress = Mutex(State.waiting)

    init(_ socket: AsyncStreamSocket, isHead: Bool, isHTTP10: Bool, keepsAlive: Bool) {
        self.socket = socket
        self.isHead = isHead
        self.isHTTP10 = isHTTP10
        self.keepsAlive = keepsAlive
    }

    var state: State { progress.withLock { $0 } }

    /// Sends a whole answer; `Content-Length` is added.
    package func send(status: Int, headers: HTTPHeaders = [:], body: [UInt8] = []) async throws {
        try begin(.sent)
        var all = headers
        if status != 204, status != 304 { all.set("Content-Length", to: String(body.count)) }
        addConnection(to: &all)
        let bytes = HTTPStatusText.head(status, all) + (isHead || status == 304 ? [] : body)
        try await withTimeLimit(.seconds(60)) { [socket] in try await socket.write(bytes) }
    }

    /// Starts an answer whose end is not known yet.
    package func stream(status: Int, headers: HTTPHeaders = [:]) async throws -> HTTPBodyWriter {
        let writer = HTTPBodyWriter(socket, isHead ? .none : isHTTP10 ? .untilClose : .chunked)
        try begin(.streaming(writer))
        var all = headers
        if !isHTTP10 { all.set("Transfer-Encoding", to: "chunked") }
        addConnection(to: &all)
        try await socket.write(HTTPStatusText.head(status, all))
        return writer
    }

    /// Answers 101 and hands the raw stream over, with what the client has already sent. It is closed when the
    /// handler returns.
    package func upgrade(to name: String) async throws -> AsyncStreamSocket {
        try begin(.upgraded)
        try await socket.write(HTTPStatusText.head(101, ["Connection": "Upgrade", "Upgrade": name]))
        return socket
    }

    /// Returns when the client hangs up, or when the task is cancelled. Not after an upgrade.
    package func clientGone() async {
        var ahead: [UInt8] = []
        defer { socket.unread(ahead[...]) }
        do {
            // A client may send its next request early; what it sends then is kept, within bounds.
            while ahead.count < 65_536 {
                let part = try await socket.read()
                if part.isEmpty { return }
                ahead += part
            }
            while !Task.isCancelled { try await Task.sleep(for: .seconds(3600)) }
        } catch {
            return  // Cancelled, or the connection broke: gone either way.
        }
    }

    private func begin(_ next: State) throws(HTTPTransportError) {
        let isFirst = progress.withLock { state in
            guard case .waiting = state else { return false }
            state = next
            return true
        }
        guard isFirst else { throw .alreadyAnswered }
    }

    private func addConnection(to headers: inout HTTPHeaders) {
        if !keepsAlive {
            headers.set("Connection", to: "close")
        } else if isHTTP10 {
            headers.set("Connection", to: "keep-alive")
        }
    }
}
