/// Who hears what a client's streams bring, and gives what they take. Called on the session's thread, only while
/// ``HTTP2Session/receive(_:_:)`` or ``HTTP2Session/send(into:limit:)`` runs; it must not end the session then.
///
/// Pointers are those that the receiver gave: it says what they point to.
package protocol HTTP2Receiver: AnyObject {
    /// A request begins.
    ///
    /// - Returns: what stands for the stream from now on; `nil` refuses it.
    func streamBegan(_ connection: UnsafeMutableRawPointer, _ identifier: Int32) -> UnsafeMutableRawPointer?
    /// A field of its head, pseudo fields (`:path`) first; names are in lower case and valid, and so are values.
    ///
    /// - Returns: `false` to reset the stream.
    func streamField(
        _ stream: UnsafeMutableRawPointer, _ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>
    ) -> Bool
    func streamHeadEnded(_ stream: UnsafeMutableRawPointer, endsStream: Bool)
    /// Bytes of the body; they count against the window until ``HTTP2Session/consume(_:_:)``.
    func streamBody(_ stream: UnsafeMutableRawPointer, _ bytes: UnsafeBufferPointer<UInt8>)
    func streamBodyEnded(_ stream: UnsafeMutableRawPointer)
    /// Nothing more comes or goes; the pointer is not used again.
    func streamClosed(_ stream: UnsafeMutableRawPointer)
    /// Writes up to `limit` bytes of the response's body.
    func streamOutput(_ stream: UnsafeMutableRawPointer, _ bytes: UnsafeMutablePointer<UInt8>, _ limit: Int)
        -> HTTP2Output
}

/// What a stream has to say at the moment.
package enum HTTP2Output {
    case bytes(Int)
    /// Nothing follows but trailers that ``HTTP2Session/end(_:trailers:)`` was given, if any.
    case last(Int, hasTrailers: Bool)
    /// Nothing before ``HTTP2Session/resume(_:)``.
    case later
}

/// One field to be sent: bytes that live until the call returns.
package struct HTTP2Field {
    package var name: UnsafeBufferPointer<UInt8>
    package var value: UnsafeBufferPointer<UInt8>

    package init(name: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>) {
        self.name = name
        self.value = value
    }
}
