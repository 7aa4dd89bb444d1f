internal import COpenSSL

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// One connection's TLS, over a descriptor that somebody else owns and waits for; never blocks.
///
/// Lives behind a pointer, because OpenSSL keeps one to it.
package struct TLSStream {
    package enum Outcome: Sendable {
        case bytes(Int)
        /// Nothing now: go on when the descriptor is readable, or writable.
        case wantsRead, wantsWrite
        /// The peer said that nothing more comes.
        case end
        case broken
    }

    private let connection: OpaquePointer
    private let descriptor: Int32
    /// OpenSSL calls it back without holding it: a handshake may outlive the server's place in its loop.
    private let server: Unmanaged<TLSServer>
    /// Read from the descriptor before it was known to speak TLS.
    private var early: UnsafeMutablePointer<UInt8>?
    private var earlyStart = 0
    private var earlyEnd = 0
    /// The last read took everything that the descriptor had.
    private var isDrained = false
    /// The handshake is over.
    package var isEstablished: Bool { SSL_is_init_finished(connection) == 1 }

    static func make(
        _ connection: OpaquePointer, _ descriptor: Int32, of server: TLSServer
    ) -> UnsafeMutablePointer<TLSStream>? {
        guard let bio = BIO_new(TLSTransport.method) else {
            SSL_free(connection)
            ERR_clear_error()
            return nil
        }
        let stream = UnsafeMutablePointer<TLSStream>.allocate(capacity: 1)
        stream.initialize(
            to: TLSStream(connection: connection, descriptor: descriptor, server: .passRetained(server)))
        BIO_set_data(bio, stream)
        BIO_set_init(bio, 1)
        SSL_set_bio(connection, bio, bio)
        SSL_set_accept_state(connection)
        return stream
    }

    private init(connection: OpaquePointer, descriptor: Int32, server: Unmanaged<TLSServer>) {
        self.connection = connection
        self.descriptor = descriptor
        self.server = server
    }

    /// Hands over the first bytes, which the owner has read already.
    package mutating func begin(with bytes: UnsafePointer<UInt8>, _ count: Int) {
        let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: max(count, 1))
        copy.update(from: bytes, count: count)
        early = copy
        earlyEnd = count
    }

    package static func free(_ stream: UnsafeMutablePointer<TLSStream>) {
        SSL_free(stream.pointee.connection)
        stream.pointee.server.release()
        stream.pointee.early?.deallocate()
        stream.deinitialize(count: 1)
        stream.deallocate()
    }

    /// Tells the peer that nothing more comes; once, without waiting for its answer.
    package func finishWriting() {
        guard isEstablished else { return }
        SSL_shutdown(connection)
        ERR_clear_error()
    }

    /// Whom the client asked for in its hello, as it wrote it; `nil` when it did not say.
    package var askedHost: UnsafePointer<CChar>? { SSL_get_servername(connection, TLSEXT_NAMETYPE_host_name) }

    package var application: TLSServer.Application {
        var name: UnsafePointer<UInt8>?
        var count: UInt32 = 0
        SSL_get0_alpn_selected(connection, &name, &count)
        return count == 2 ? .http2 : .http1
    }

    /// As access lines have it: 12 or 13.
    package var version: Int { SSL_version(connection) == TLS1_3_VERSION ? 13 : 12 }

    /// Reads up to `limit` bytes, from as many records as there are.
    ///
    /// - Parameter mayHaveMore: set to whether another call could bring bytes without waiting.
    package static func read(
        _ stream: UnsafeMutablePointer<TLSStream>, _ bytes: UnsafeMutablePointer<UInt8>, _ limit: Int,
        mayHaveMore: inout Bool
    ) -> Outcome {
        let connection = stream.pointee.connection
        var count = 0
        mayHaveMore = true
        while count < limit {
            let result = SSL_read(connection, bytes + count, Int32(clamping: limit - count))
            if result > 0 {
                count += Int(result)
                if stream.pointee.isDrained, SSL_has_pending(connection) == 0 {
                    mayHaveMore = false
                    break
                }
                continue
            }
            let outcome = failure(connection, result)
            if case .wantsRead = outcome { mayHaveMore = false }
            // What has come first; the rest is found by the next call.
            return count > 0 ? .bytes(count) : outcome
        }
        return .bytes(count)
    }

    /// Writes what the descriptor takes of `count` bytes; after anything but `.bytes` the same bytes, or the same and
    /// more, have to come again.
    package static func write(
        _ stream: UnsafeMutablePointer<TLSStream>, _ bytes: UnsafePointer<UInt8>, _ count: Int
    ) -> Outcome {
        let connection = stream.pointee.connection
        let result = SSL_write(connection, bytes, Int32(clamping: count))
        return result > 0 ? .bytes(Int(result)) : failure(connection, result)
    }

    private static func failure(_ connection: OpaquePointer, _ result: Int32) -> Outcome {
        let code = SSL_get_error(connection, result)
        switch code {
        case SSL_ERROR_WANT_READ: return .wantsRead
        case SSL_ERROR_WANT_WRITE: return .wantsWrite
        case SSL_ERROR_ZERO_RETURN: return .end
        default:
            // Left in the queue, it would be taken for the next connection's.
            ERR_clear_error()
            return .broken
        }
    }

    // MARK: The descriptor's side

    static func receive(
        _ stream: UnsafeMutablePointer<TLSStream>, _ bytes: UnsafeMutablePointer<CChar>, _ limit: Int
    ) -> Int {
        if let early = stream.pointee.early {
            let count = min(limit, stream.pointee.earlyEnd - stream.pointee.earlyStart)
            memcpy(bytes, early + stream.pointee.earlyStart, count)
            stream.pointee.earlyStart += count
            if stream.pointee.earlyStart == stream.pointee.earlyEnd {
                early.deallocate()
                stream.pointee.early = nil
            }
            stream.pointee.isDrained = false
            return count
        }
        while true {
            let count = recv(stream.pointee.descriptor, bytes, limit, 0)
            if count < 0, errno == EINTR { continue }
            stream.pointee.isDrained = count < limit
            return count
        }
    }

    static func send(
        _ stream: UnsafeMutablePointer<TLSStream>, _ bytes: UnsafePointer<CChar>, _ count: Int
    ) -> Int {
        while true {
            let sent = Glibc.send(stream.pointee.descriptor, bytes, count, Int32(MSG_NOSIGNAL))
            if sent < 0, errno == EINTR { continue }
            return sent
        }
    }
}

/// How OpenSSL reaches a descriptor: as its own socket BIO does, but starting with bytes that were read before, and
/// without a signal when the peer has gone.
private enum TLSTransport {
    // Made once, never changed, never freed.
    nonisolated(unsafe) static let method: OpaquePointer? = {
        guard let method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "paas") else { return nil }
        BIO_meth_set_read(method) { bio, bytes, count in
            guard let bio, let bytes, let data = BIO_get_data(bio) else { return -1 }
            cossl_clear_retry(bio)
            let stream = data.assumingMemoryBound(to: TLSStream.self)
            let result = TLSStream.receive(stream, bytes, Int(count))
            if result < 0, errno == EAGAIN { cossl_retry_read(bio) }
            return Int32(result)
        }
        BIO_meth_set_write(method) { bio, bytes, count in
            guard let bio, let bytes, let data = BIO_get_data(bio) else { return -1 }
            cossl_clear_retry(bio)
            let stream = data.assumingMemoryBound(to: TLSStream.self)
            let result = TLSStream.send(stream, bytes, Int(count))
            if result < 0, errno == EAGAIN { cossl_retry_write(bio) }
            return Int32(result)
        }
        BIO_meth_set_ctrl(method) { _, command, _, _ in command == BIO_CTRL_FLUSH ? 1 : 0 }
        return method
    }()
}
