internal import Posix

/// Reads the head of a message from a connection; what comes behind it goes back to the connection.
enum HTTPHeadReader {
    /// - Returns: `nil` when the other side hung up before the first byte.
    static func request(from socket: AsyncStreamSocket) async throws -> RequestHead? {
        try await read(from: socket) { bytes throws(HTTPParseError) in try HTTPHead.parseRequest(bytes) }
    }

    /// - Parameter method: of the request that is answered; a HEAD is answered without a body.
    /// - Returns: `nil` when the other side hung up before the first byte.
    static func response(to method: String, from socket: AsyncStreamSocket) async throws -> ResponseHead? {
        try await read(from: socket) { bytes throws(HTTPParseError) in
            try HTTPHead.parseResponse(bytes, answersHead: method == "HEAD")
        }
    }

    private static func read<Head>(
        from socket: AsyncStreamSocket, _ parse: ([UInt8]) throws(HTTPParseError) -> (head: Head, consumed: Int)?
    ) async throws -> Head? {
        var bytes: [UInt8] = []
        while true {
            let part = try await socket.read(atMost: 16 << 10)
            guard !part.isEmpty else {
                guard bytes.isEmpty else { throw HTTPTransportError.closed }
                return nil
            }
            bytes += part
            do {
                guard let (head, consumed) = try parse(bytes) else { continue }
                socket.unread(bytes[consumed...])
                return head
            } catch {
                throw HTTPTransportError.malformed(error)
            }
        }
    }
}
