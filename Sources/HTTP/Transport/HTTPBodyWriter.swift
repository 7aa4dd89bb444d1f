internal import Posix
internal import Synchronization

/// Writes a body of unknown length; every piece reaches the client at once.
package final class HTTPBodyWriter: Sendable {
    enum Framing: Sendable {
        case chunked
        /// HTTP/1.0: the end of the connection is the end of the body.
        case untilClose
        /// The request was a HEAD: nothing is written.
        case none
    }

    private let socket: AsyncStreamSocket
    private let framing: Framing
    private let isFinished = Mutex(false)

    init(_ socket: AsyncStreamSocket, _ framing: Framing) {
        self.socket = socket
        self.framing = framing
    }

    /// Waits while the client does not read. One task may write at a time.
    package func write(_ bytes: some Collection<UInt8> & Sendable) async throws {
        guard !bytes.isEmpty else { return }
        guard !isFinished.withLock({ $0 }) else { throw HTTPTransportError.alreadyAnswered }
        switch framing {
        case .none: return
        case .untilClose: try await socket.write(bytes)
        case .chunked:
            var chunk = Array("\(String(bytes.count, radix: 16))\r\n".utf8)
            chunk += bytes
            chunk += [0x0D, 0x0A]
            try await socket.write(chunk)
        }
    }

    package func write(_ text: String) async throws { try await write(Array(text.utf8)) }

    /// Ends the body; a second call does nothing. The server calls it when the handler returns.
    package func finish() async throws {
        let wasFinished = isFinished.withLock { finished in
            defer { finished = true }
            return finished
        }
        guard !wasFinished, framing == .chunked else { return }
        try await socket.write(Array("0\r\n\r\n".utf8))
    }
}
