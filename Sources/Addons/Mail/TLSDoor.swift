internal import HTTPSecure
internal import Posix

/// Takes TLS off connections: what comes out of it goes on as if it had come without.
///
/// All streams live in this actor; nobody else touches OpenSSL's state.
actor TLSDoor {
    private struct Broken: Error {}

    private let server: TLSServer
    private let reactor: Reactor
    private var streams: [Int: UnsafeMutablePointer<TLSStream>] = [:]
    private var last = 0

    init(_ authority: (certificatePEM: [UInt8], keyPEM: [UInt8], hosts: [String]), reactor: Reactor) throws {
        let signer = try CertificateAuthority(
            certificatePEM: authority.certificatePEM, keyPEM: authority.keyPEM)
        server = try TLSServer(
            authority: signer, ticketKeys: try RandomBytes.make(TLSServer.ticketKeyBytes), offersHTTP2: false)
        for host in authority.hosts { try server.present(try signer.issue(for: host), for: [host]) }
        self.reactor = reactor
    }

    /// Speaks TLS with `outer`, and passes on to `inner` and back, until one of them ends.
    ///
    /// - Parameter early: what has been read from `outer` already.
    nonisolated func carry(_ outer: AsyncStreamSocket, early: [UInt8], to inner: AsyncStreamSocket) async {
        // No descriptor left: the client sees that the connection ends.
        guard let number = try? outer.withDescriptor({ try $0.duplicate().release() }) else { return inner.close() }
        let writing = Descriptor(owning: number)
        let (reading, ready) = (outer.withDescriptor { $0.raw }, writing.raw)
        guard let token = await accept(reading, early) else { return inner.close() }
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { [self] in
                try? await receive(token, reading, inner)  // However it ends, nothing more comes.
                inner.finishWriting()
                return false
            }
            group.addTask { [self] in
                try? await send(token, ready, inner)  // As above.
                await finish(token)
                return true
            }
            while let isOver = await group.next() {
                guard isOver else { continue }
                group.cancelAll()
            }
        }
        outer.close()
        inner.close()
        await free(token)
        _ = consume writing
    }

    private nonisolated func receive(
        _ token: Int, _ reading: Int32, _ inner: AsyncStreamSocket
    ) async throws {
        while true {
            let (outcome, bytes) = await read(token)
            switch outcome {
            case .bytes: try await inner.write(bytes)
            case .wantsRead: try await reactor.wait(reading, for: .readable)
            // The other direction may be waiting for the same: this one looks again soon.
            case .wantsWrite: try await Task.sleep(for: .milliseconds(5))
            case .end, .broken: return
            }
        }
    }

    private nonisolated func send(_ token: Int, _ writing: Int32, _ inner: AsyncStreamSocket) async throws {
        while true {
            var rest = try await inner.read()[...]
            guard !rest.isEmpty else { return }
            while !rest.isEmpty {
                switch await write(token, Array(rest)) {
                case .bytes(let count): rest = rest.dropFirst(count)
                case .wantsWrite: try await reactor.wait(writing, for: .writable)
                case .wantsRead: try await Task.sleep(for: .milliseconds(5))
                case .end, .broken: throw Broken()
                }
            }
        }
    }

    // MARK: OpenSSL's part

    private func accept(_ descriptor: Int32, _ early: [UInt8]) -> Int? {
        guard let stream = server.accept(descriptor) else { return nil }
        if !early.isEmpty { stream.pointee.begin(with: early, early.count) }
        last += 1
        streams[last] = stream
        return last
    }

    private func read(_ token: Int) -> (TLSStream.Outcome, [UInt8]) {
        guard let stream = streams[token] else { return (.broken, []) }
        var outcome = TLSStream.Outcome.broken
        let bytes = [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
            guard let start = buffer.baseAddress else { return }
            var mayHaveMore = false
            outcome = TLSStream.read(stream, start, buffer.count, mayHaveMore: &mayHaveMore)
            if case .bytes(let read) = outcome { count = read }
        }
        return (outcome, bytes)
    }

    private func write(_ token: Int, _ bytes: [UInt8]) -> TLSStream.Outcome {
        guard let stream = streams[token] else { return .broken }
        return bytes.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return .broken }
            return TLSStream.write(stream, start, buffer.count)
        }
    }

    private func finish(_ token: Int) { streams[token]?.pointee.finishWriting() }

    private func free(_ token: Int) {
        guard let stream = streams.removeValue(forKey: token) else { return }
        TLSStream.free(stream)
    }
}
