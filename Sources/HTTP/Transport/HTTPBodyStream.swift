internal import Posix

/// The body of a message, taken from its connection piece by piece.
package actor HTTPBodyStream {
    private let socket: AsyncStreamSocket
    private var framing: BodyFraming
    private var decoder = ChunkedDecoder()

    init(_ socket: AsyncStreamSocket, _ framing: BodyFraming) {
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
            let part = try await socket.read(atMost: Int(min(remaining, 65_536)))
            guard !part.isEmpty else { throw HTTPTransportError.closed }
            framing = .length(remaining - UInt64(part.count))
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
        if case .length(let length) = framing, length > UInt64(limit) { throw HTTPTransportError.bodyTooLarge }
        var all: [UInt8] = []
        while let part = try await next() {
            all += part
            guard all.count <= limit else { throw HTTPTransportError.bodyTooLarge }
        }
        return all
    }

    private func nextChunk() async throws -> [UInt8]? {
        while !decoder.hasEnded {
            let part = try await socket.read()
            guard !part.isEmpty else { throw HTTPTransportError.closed }
            let (data, consumed) = try decode(part)
            if decoder.hasEnded { socket.unread(part[consumed...]) }
            if !data.isEmpty { return data }
        }
        return nil
    }

    /// - Returns: the data in `part`, and how much of it belongs to the body.
    private func decode(_ part: [UInt8]) throws(HTTPTransportError) -> (data: [UInt8], consumed: Int) {
        var data: [UInt8] = []
        var index = 0
        while index < part.count {
            let step = part.withUnsafeBufferPointer { buffer in
                guard let start = buffer.baseAddress else { return ChunkedDecoder.Step.needMore }
                return decoder.advance(start + index, part.count - index)
            }
            switch step {
            case .needMore: return (data, part.count)
            case .data(let offset, let count):
                data += part[(index + offset)..<(index + offset + count)]
                index += offset + count
            case .end(let consumed): return (data, index + consumed)
            case .failed: throw .malformed(.badChunk)
            }
        }
        return (data, index)
    }
}
