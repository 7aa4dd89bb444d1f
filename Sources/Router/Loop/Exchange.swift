internal import HTTP
internal import Model

/// One request and its answer, from the head's last byte to the access line.
struct Exchange {
    enum Phase: UInt8 {
        /// Waits for its app to start.
        case held
        /// The head (and what came of the body with it) goes to the dyno.
        case sending
        /// The dyno has the head.
        case awaitingResponse
        /// The response's head has been passed on.
        case relaying
        /// The dyno is done; the client has not taken everything yet.
        case flushing
    }

    /// Bytes in the block, by offset.
    struct Span {
        var offset: UInt32 = 0
        var length: UInt32 = 0
    }

    /// For its timers; it has no descriptor.
    var handle = Handle(.exchange, descriptor: -1)
    var phase = Phase.sending
    var client: UnsafeMutablePointer<Client>
    var upstream: UnsafeMutablePointer<Upstream>?
    var backend: UnsafeMutablePointer<Backend>?

    /// The head as the dyno gets it, then the part of the body that came with it. Kept to the end: a stale connection's
    /// retry sends it again, and the access line quotes it.
    var block: UnsafeMutablePointer<UInt8>
    var capacity: Int
    var filled = 0
    var sent = 0

    var methodSpan = Span()
    var pathSpan = Span()
    var hostSpan = Span()
    var requestIDSpan = Span()
    var forwardedSpan = Span()

    var app: AppID?
    var method = ParsedRequest.Method.other
    var minorVersion: UInt8 = 1
    var keepsAlive = false
    var asksForUpgrade = false
    var expectsContinue = false
    /// It has come through this router too often: apps send it round in a circle.
    var isLooping = false
    /// The client finished writing with its request, or at once after it: it may well wait for the answer.
    var isHalfClosed = false
    /// Monotonic milliseconds, of the request's last byte.
    var requestEnded: UInt64 = 0
    var request = BodyProgress(.none)
    var response = BodyProgress(.none)
    /// The receiver of the response does not know chunks.
    var unchunks = false
    /// Body bytes beyond the block have been sent, so that nothing can be sent again.
    var hasStreamedBody = false
    /// The dyno stopped reading the request.
    var hasLostRequest = false
    var isReused = false
    /// The dyno has been given the request.
    var isReached = false
    var hasRetried = false
    /// The answer gets a cookie that names its dyno.
    var beginsSession = false
    var upstreamKeepsAlive = false
    /// After a 101: who has finished sending, and who has been told so.
    var clientEnded = false
    var upstreamEnded = false
    var clientToldEnd = false
    var upstreamToldEnd = false
    /// The access line has been written.
    var isLogged = false

    var serial: UInt64 = 0
    var attempts = 0
    var status = 0
    /// Bytes of the response's body.
    var bytes: UInt64 = 0
    /// Monotonic milliseconds.
    var started: UInt64 = 0
    var connectStarted: UInt64 = 0
    /// Milliseconds; -1 when no connection was made.
    var connectTime: Int64 = -1

    init(
        client: UnsafeMutablePointer<Client>, block: UnsafeMutablePointer<UInt8>, capacity: Int
    ) {
        self.client = client
        self.block = block
        self.capacity = capacity
    }

    static var blockSize: Int { 8192 }

    /// Whether the request may be sent once more though the dyno may have had it: the block has all of it, and it does no
    /// more twice than once.
    var isReplayable: Bool { request.isDone && !hasStreamedBody && method.isIdempotent }
}
