internal import Posix

/// The body of a message, taken from its connection piece by piece.
package actor HTTPBodyStream {
    enum Framing: Sendable {
        case none
        case length(Int)
        case chunked
        /// To the end of the connection.
        case untilClose
    }

    private let socket: AsyncStreamSocket
    private var framing: Framing
    private var decoder = ChunkedDecoder()

    init(_ socket: AsyncStreamSocket, _ framing: Framing) {
        self.socket = socket
        self.framing = framing
    }

    /// The next piece as it came; `nil` at the end.
    package func next() async throws -> [UInt8]? {
        switch framing {
        case .none:
            return nil
        case .length(let remaining):
            guard remaining > 0 else { return nil }
            let part = try await socket.read(atMost: min(remaining, 65_536))
            guard !part.isEmpty else { throw HTTPTransportError.closed }
            framing = .length(remaining - part.count)
            return part
        case .untilClose:
            let part = try await socket.read()
            return part.isEmpty ? nil : part
        case .chunked:
            return try await nextChunk()
        }
    }

    /// The whole rest.
    ///
    /// - Throws: ``HTTPTransportError/bodyTooLarge`` when it has more than `limit` bytes.
    package func collect(limit: Int = .max) async throws -> [UInt8] {
        var all: [UInt8] = []
        if case .length(let length) = framing, length > limit { throw HTTPTransportError.bodyTooLarge }
        while let part = try await next() {
            all += part
            guard all.count <= limit else { throw HTTPTransportError.bodyTooLarge }
        }
        return all
    }

    private func nextChunk() async throws -> [UInt8]? {
        while !decoder.isFinished {
            let part = try await socket.read()
            guard !part.isEmpty else { throw HTTPTransportError.closed }
            var output: [UInt8] = []
            let rest = try decoder.decode(part, into: &output)
            if decoder.isFinished { socket.unread(rest) }
            if !output.isEmpty { return output }
        }
        return nil
    }
}

extension HTTPBodyStream.Framing {
    /// How the body of a request is framed. Source: RFC 9112 §6.
    static func ofRequest(_ headers: HTTPHeaders) throws(HTTPTransportError) -> Self {
        if headers["Transfer-Encoding"] != nil {
            guard headers.list("Transfer-Encoding", contains: "chunked"), headers["Content-Length"] == nil else {
                throw .malformed("both or unknown framings")
            }
            return .chunked
        }
        return try ofLength(headers) ?? .none
    }

    static func ofResponse(_ headers: HTTPHeaders, status: Int, to method: String) throws(HTTPTransportError) -> Self {
        if method == "HEAD" || status == 204 || status == 304 { return .none }
        if headers.list("Transfer-Encoding", contains: "chunked") { return .chunked }
        return try ofLength(headers) ?? .untilClose
    }

    private static func ofLength(_ headers: HTTPHeaders) throws(HTTPTransportError) -> Self? {
        let lengths = headers.values(of: "Content-Length")
        guard let text = lengths.first else { return nil }
        guard lengths.allSatisfy({ $0 == text }), let length = Int(text), text.utf8.allSatisfy({ $0 >= 0x30 }) else {
            throw .malformed("Content-Length")
        }
        return .length(length)
    }
}
