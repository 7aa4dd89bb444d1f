internal import CNGHTTP2

/// The server's side of one HTTP/2 connection (RFC 9113), without a socket: bytes in, bytes out.
///
/// Belongs to one thread.
package final class HTTP2Session {
    private var session: OpaquePointer?
    private unowned(unsafe) let receiver: any HTTP2Receiver
    private let connection: UnsafeMutableRawPointer
    /// The highest stream that the client has opened.
    private var latest: Int32 = 0
    /// Streams that were reset from here, the last of them: what their client sent before it heard of that is let pass.
    private var forgiven: [Int32] = []

    /// Requests that a client may have open at once.
    package static let concurrentStreams: UInt32 = 250
    /// Bytes of a request's body that may come before somebody takes them.
    package static let window: UInt32 = 256 << 10
    /// Bytes of a head, as HPACK counts them: the same as for HTTP/1.1.
    package static let headLimit: UInt32 = 64 << 10

    /// - Parameters:
    ///   - connection: what stands for it in calls to the receiver.
    ///   - receiver: lives longer than the session.
    package init?(_ connection: UnsafeMutableRawPointer, receiver: any HTTP2Receiver) {
        self.receiver = receiver
        self.connection = connection
        var callbacks: OpaquePointer?
        var option: OpaquePointer?
        guard nghttp2_session_callbacks_new(&callbacks) == 0, nghttp2_option_new(&option) == 0 else { return nil }
        defer {
            nghttp2_session_callbacks_del(callbacks)
            nghttp2_option_del(option)
        }
        Self.register(callbacks)
        // A slow reader's window opens only when its request has been passed on.
        nghttp2_option_set_no_auto_window_update(option, 1)
        // Who opens streams only to reset them (rapid reset), or floods with what has to be acknowledged, is told to go.
        cng_limit_resets(option, 200, 50)
        nghttp2_option_set_max_outbound_ack(option, 200)
        nghttp2_option_set_max_settings(option, 32)
        nghttp2_option_set_no_closed_streams(option, 1)
        let owner = Unmanaged.passUnretained(self).toOpaque()
        guard nghttp2_session_server_new2(&session, callbacks, owner, option) == 0 else { return nil }
        let settings = [
            nghttp2_settings_entry(
                settings_id: Int32(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS.rawValue), value: Self.concurrentStreams),
            nghttp2_settings_entry(
                settings_id: Int32(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE.rawValue), value: Self.window),
            nghttp2_settings_entry(
                settings_id: Int32(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE.rawValue), value: Self.headLimit),
            // WebSockets (RFC 8441).
            nghttp2_settings_entry(
                settings_id: Int32(NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL.rawValue), value: 1),
        ]
        guard nghttp2_submit_settings(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), settings, settings.count) == 0,
            nghttp2_session_set_local_window_size(session, 0, 0, Int32(4 * Self.window)) == 0
        else { return nil }
    }

    deinit { nghttp2_session_del(session) }

    /// - Returns: `false` when the client broke the protocol, and the connection is of no more use.
    package func receive(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        nghttp2_session_mem_recv(session, bytes, count) == count
    }

    /// Writes what is to be sent: at most `limit` bytes and one frame more.
    ///
    /// - Returns: how many; 0 when there is nothing; `nil` after an error that ends the connection.
    package func send(into bytes: UnsafeMutablePointer<UInt8>, limit: Int) -> Int? {
        var count = 0
        while count < limit {
            var part: UnsafePointer<UInt8>?
            let length = nghttp2_session_mem_send(session, &part)
            guard length >= 0 else { return nil }
            guard length > 0, let part else { break }
            (bytes + count).update(from: part, count: length)
            count += length
        }
        return count
    }

    /// The longest frame that ``send(into:limit:)`` may write beyond its limit.
    package static let longestFrame = 64 << 10

    /// Nothing is left to hear or to say.
    package var isOver: Bool {
        nghttp2_session_want_read(session) == 0 && nghttp2_session_want_write(session) == 0
    }

    /// Tells the client that no more streams are taken; those that are open go on.
    package func goAway() {
        let last = nghttp2_session_get_last_proc_stream_id(session)
        nghttp2_submit_goaway(
            session, UInt8(NGHTTP2_FLAG_NONE.rawValue), last, UInt32(NGHTTP2_NO_ERROR.rawValue), nil, 0)
    }

    // MARK: One stream

    /// An answer that only announces the one to come.
    package func announce(_ identifier: Int32, _ fields: [HTTP2Field]) -> Bool {
        withFields(fields) {
            nghttp2_submit_headers(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), identifier, nil, $0, $1, nil)
        } == 0
    }

    /// - Parameter hasBody: the receiver is asked for it.
    package func respond(_ identifier: Int32, _ fields: [HTTP2Field], hasBody: Bool) -> Bool {
        var provider = nghttp2_data_provider()
        provider.read_callback = { _, identifier, bytes, limit, flags, source, owner in
            guard let owner, let bytes, let stream = source?.pointee.ptr else {
                return Int(NGHTTP2_ERR_CALLBACK_FAILURE.rawValue)
            }
            let session = Unmanaged<HTTP2Session>.fromOpaque(owner).takeUnretainedValue()
            switch session.receiver.streamOutput(stream, bytes, limit) {
            case .bytes(let count): return count
            case .last(let count, let hasTrailers):
                flags?.pointee |= UInt32(NGHTTP2_DATA_FLAG_EOF.rawValue)
                if hasTrailers { flags?.pointee |= UInt32(NGHTTP2_DATA_FLAG_NO_END_STREAM.rawValue) }
                return count
            case .later: return Int(NGHTTP2_ERR_DEFERRED.rawValue)
            }
        }
        provider.source.ptr = nghttp2_session_get_stream_user_data(session, identifier)
        return withUnsafePointer(to: &provider) { provider in
            withFields(fields) { nghttp2_submit_response(session, identifier, $0, $1, hasBody ? provider : nil) } == 0
        }
    }

    /// What follows the body; said from within ``HTTP2Receiver/streamOutput(_:_:_:)`` when it gives the last of that.
    package func end(_ identifier: Int32, trailers: [HTTP2Field]) -> Bool {
        withFields(trailers) { nghttp2_submit_trailer(session, identifier, $0, $1) } == 0
    }

    /// There is something to send again.
    package func resume(_ identifier: Int32) { nghttp2_session_resume_data(session, identifier) }

    /// The receiver has passed `count` bytes of the body on: the client may send as many more.
    package func consume(_ identifier: Int32, _ count: Int) { nghttp2_session_consume(session, identifier, count) }

    package enum Reset { case noError, internalError, refused, cancelled }

    package func reset(_ identifier: Int32, _ reason: Reset) {
        let code =
            switch reason {
            case .noError: NGHTTP2_NO_ERROR
            case .internalError: NGHTTP2_INTERNAL_ERROR
            case .refused: NGHTTP2_REFUSED_STREAM
            case .cancelled: NGHTTP2_CANCEL
            }
        nghttp2_submit_rst_stream(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), identifier, UInt32(code.rawValue))
    }

    private func withFields(
        _ fields: [HTTP2Field], _ body: (UnsafePointer<nghttp2_nv>?, Int) -> Int32
    ) -> Int32 {
        let pairs = fields.map { field in
            nghttp2_nv(
                name: UnsafeMutablePointer(mutating: field.name.baseAddress),
                value: UnsafeMutablePointer(mutating: field.value.baseAddress), namelen: field.name.count,
                valuelen: field.value.count, flags: UInt8(NGHTTP2_NV_FLAG_NONE.rawValue))
        }
        return pairs.withUnsafeBufferPointer { body($0.baseAddress, $0.count) }
    }

    // MARK: Streams that are over

    /// nghttp2 forgets them, and would let pass a head that comes for them (RFC 9113 §5.1, §5.1.1). Data for them it drops
    /// unseen.
    private func check(_ header: nghttp2_frame_hd) {
        guard Int(header.type) == Int(NGHTTP2_HEADERS.rawValue), header.stream_id & 1 == 1, header.stream_id <= latest,
            nghttp2_session_find_stream(session, header.stream_id) == nil, !forgiven.contains(header.stream_id)
        else { return }
        nghttp2_session_terminate_session(session, UInt32(NGHTTP2_STREAM_CLOSED.rawValue))
    }

    private func forgive(_ identifier: Int32) {
        if forgiven.count >= Int(Self.concurrentStreams) { forgiven.removeFirst() }
        forgiven.append(identifier)
    }

    // MARK: Callbacks

    private static func register(_ callbacks: OpaquePointer?) {
        nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks) { _, header, owner in
            guard let header, let owner else { return 0 }
            Unmanaged<HTTP2Session>.fromOpaque(owner).takeUnretainedValue().check(header.pointee)
            return 0
        }
        nghttp2_session_callbacks_set_on_frame_send_callback(callbacks) { _, frame, owner in
            guard let frame, let owner, Int(frame.pointee.hd.type) == Int(NGHTTP2_RST_STREAM.rawValue) else { return 0 }
            Unmanaged<HTTP2Session>.fromOpaque(owner).takeUnretainedValue().forgive(frame.pointee.hd.stream_id)
            return 0
        }
        nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks) { session, frame, owner in
            guard let frame, let owner, HTTP2Session.isRequest(frame.pointee) else { return 0 }
            let server = Unmanaged<HTTP2Session>.fromOpaque(owner).takeUnretainedValue()
            let identifier = frame.pointee.hd.stream_id
            server.latest = identifier
            guard let stream = server.receiver.streamBegan(server.connection, identifier) else {
                return Int32(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
            }
            nghttp2_session_set_stream_user_data(session, identifier, stream)
            return 0
        }
        nghttp2_session_callbacks_set_on_header_callback(callbacks) {
            session, frame, name, nameLength, value, valueLength, _, owner in
            guard let frame, let owner, HTTP2Session.isRequest(frame.pointee),
                let stream = nghttp2_session_get_stream_user_data(session, frame.pointee.hd.stream_id)
            else { return 0 }
            let server = Unmanaged<HTTP2Session>.fromOpaque(owner).takeUnretainedValue()
            let isTaken = server.receiver.streamField(
                stream, UnsafeBufferPointer(start: name, count: nameLength),
                UnsafeBufferPointer(start: value, count: valueLength))
            return isTaken ? 0 : Int32(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
        }
        nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks) { session, frame, owner in
            guard let frame, let owner,
                let stream = nghttp2_session_get_stream_user_data(session, frame.pointee.hd.stream_id)
            else { return 0 }
            let server = Unmanaged<HTTP2Session>.fromOpaque(owner).takeUnretainedValue()
            let ends = frame.pointee.hd.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0
            if HTTP2Session.isRequest(frame.pointee) {
                server.receiver.streamHeadEnded(stream, endsStream: ends)
            } else if ends {
                server.receiver.streamBodyEnded(stream)
            }
            return 0
        }
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks) {
            session, _, identifier, bytes, count, owner in
            guard let owner, let stream = nghttp2_session_get_stream_user_data(session, identifier) else { return 0 }
            let server = Unmanaged<HTTP2Session>.fromOpaque(owner).takeUnretainedValue()
            server.receiver.streamBody(stream, UnsafeBufferPointer(start: bytes, count: count))
            return 0
        }
        nghttp2_session_callbacks_set_on_stream_close_callback(callbacks) { session, identifier, _, owner in
            guard let owner, let stream = nghttp2_session_get_stream_user_data(session, identifier) else { return 0 }
            let server = Unmanaged<HTTP2Session>.fromOpaque(owner).takeUnretainedValue()
            nghttp2_session_set_stream_user_data(session, identifier, nil)
            server.receiver.streamClosed(stream)
            return 0
        }
    }

    private static func isRequest(_ frame: nghttp2_frame) -> Bool {
        Int(frame.hd.type) == Int(NGHTTP2_HEADERS.rawValue) && frame.headers.cat == NGHTTP2_HCAT_REQUEST
    }
}
