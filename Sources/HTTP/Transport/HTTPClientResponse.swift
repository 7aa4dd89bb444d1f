/// An answer whose body is still to be read.
package struct HTTPClientResponse: Sendable {
    package let status: Int
    package let headers: HTTPHeaders
    package let body: HTTPClientBody

    /// The whole body.
    package func collect(limit: Int = .max) async throws -> [UInt8] { try await body.stream.collect(limit: limit) }
}

/// The pieces of a body as they arrive. One task may read it, once.
package struct HTTPClientBody: AsyncSequence, Sendable {
    let stream: HTTPBodyStream

    package struct AsyncIterator: AsyncIteratorProtocol {
        let stream: HTTPBodyStream
        package func next() async throws -> [UInt8]? { try await stream.next() }
    }

    package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(stream: stream) }
}
