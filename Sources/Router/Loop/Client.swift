/// A connection that somebody made to the platform.
struct Client {
    enum Phase: UInt8 {
        /// Between requests, or with an unfinished head in `stream.partial`.
        case awaiting
        /// A request is being answered.
        case serving
        /// After a 101: bytes both ways.
        case tunneling
        /// Its answer is sent, and it may still send, or wait for a part of that: nothing is read any more but its end.
        case lingering
        /// Carries streams of HTTP/2, each of which is a client of its own.
        case multiplexing
    }

    var stream: Stream
    var phase = Phase.awaiting
    /// The PROXY protocol comes before anything else.
    var expectsPreamble = false
    var addressLength: UInt8 = 0
    /// The port that it came to.
    var listenerPort: UInt16
    /// How much of `stream.partial` has been looked at, and where its unfinished line starts.
    var scanned: UInt32 = 0
    var unfinished: UInt32 = 0
    var exchange: UnsafeMutablePointer<Exchange>?
    /// As ``TLSStream/version`` has it; 0 without TLS. A stream has that of its connection.
    var tlsVersion: UInt8 = 0
    /// Spoken with the proxy in front, which does not say more.
    static var unknownTLS: UInt8 { 1 }
    /// There while it is multiplexing.
    var multiplex: UnsafeMutablePointer<Multiplex>?
    /// There when the transport is HTTP/2, until the stream is closed.
    var lane: UnsafeMutablePointer<Lane>?
    /// The peer's address as text; at most 46 bytes.
    var address: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0)

    init(descriptor: Int32, listenerPort: UInt16) {
        stream = Stream(handle: Handle(.client, descriptor: descriptor))
        self.listenerPort = listenerPort
    }
}

/// A connection to a dyno.
struct Upstream {
    enum Phase: UInt8 {
        /// Waits for a socket of the dyno's own network.
        case atDoor
        case connecting, busy, idle, tunneling
    }

    var stream: Stream
    var phase = Phase.connecting
    /// The dyno's first process made the socket, and may hold it a moment longer than this loop does.
    var isShared = false
    let backend: UnsafeMutablePointer<Backend>
    var exchange: UnsafeMutablePointer<Exchange>?
    var previousIdle: UnsafeMutablePointer<Upstream>?
    var nextIdle: UnsafeMutablePointer<Upstream>?

    init(descriptor: Int32, backend: UnsafeMutablePointer<Backend>) {
        stream = Stream(handle: Handle(.upstream, descriptor: descriptor))
        self.backend = backend
    }
}
