package import APISchema
internal import HTTP

/// An answer's body, piece by piece as it arrives.
package struct ByteStream: AsyncSequence, Sendable {
    let body: HTTPClientBody

    package struct AsyncIterator: AsyncIteratorProtocol {
        var pieces: HTTPClientBody.AsyncIterator
        package mutating func next() async throws -> [UInt8]? { try await pieces.next() }
    }

    package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(pieces: body.makeAsyncIterator()) }
}

/// The lines of a stream, without their newlines; a last line without one counts too.
package struct LineStream: AsyncSequence, Sendable {
    private let bytes: ByteStream

    package init(_ bytes: ByteStream) { self.bytes = bytes }

    package struct AsyncIterator: AsyncIteratorProtocol {
        var pieces: ByteStream.AsyncIterator
        private var buffer: [UInt8] = []
        private var searched = 0

        init(pieces: ByteStream.AsyncIterator) { self.pieces = pieces }

        package mutating func next() async throws -> [UInt8]? {
            while true {
                if let end = buffer[searched...].firstIndex(of: 0x0A) {
                    defer {
                        buffer.removeSubrange(...end)
                        searched = 0
                    }
                    return Array(buffer[..<end])
                }
                searched = buffer.count
                guard let piece = try await pieces.next() else {
                    guard !buffer.isEmpty else { return nil }
                    defer {
                        buffer = []
                        searched = 0
                    }
                    return buffer
                }
                buffer += piece
            }
        }
    }

    package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(pieces: bytes.makeAsyncIterator()) }
}

/// The events of a push or a retry.
package struct PushEventStream: AsyncSequence, Sendable {
    let lines: LineStream

    package struct AsyncIterator: AsyncIteratorProtocol {
        var lines: LineStream.AsyncIterator
        package mutating func next() async throws -> PushEvent? {
            try await lines.next().map { try WireJSON.decode(from: $0) }
        }
    }

    package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(lines: lines.makeAsyncIterator()) }
}
