internal import HTTPSecure

/// What every thing that a loop waits for starts with, so that an event's pointer can be read before it is known
/// what it points to.
///
/// Client, Upstream and Exchange have one as their first field; a pointer to them is a pointer to it.
struct Handle {
    /// How bytes get from and to the descriptor.
    enum Transport: UInt8 {
        case plain
        case tls
        /// There is no descriptor: a stream of a connection that carries many.
        case http2
    }

    enum Kind: UInt8 {
        /// Closed in this round: later events of the same batch may still name it.
        case dead
        case listener, inbox, client, upstream, exchange
    }

    var kind: Kind
    var timer: TimerQueue.Name = .none
    /// Bytes, an end or an error wait to be read; edge triggering says so only once.
    var isReadable = false
    var isWritable = true
    /// The peer has finished writing.
    var hasPeerClosed = false
    /// Both directions are over, or an error waits.
    var isBroken = false
    /// On the loop's list of things to go on with after this batch.
    var isQueued = false
    var transport = Transport.plain
    /// TLS has to write before it can read on.
    var readsWhenWritable = false
    var descriptor: Int32

    var previous: UnsafeMutablePointer<Handle>?
    var next: UnsafeMutablePointer<Handle>?
    /// Monotonic milliseconds.
    var deadline: UInt64 = 0
    var nextQueued: UnsafeMutablePointer<Handle>?

    init(_ kind: Kind, descriptor: Int32) {
        self.kind = kind
        self.descriptor = descriptor
    }
}

/// A connection's end as a stream of bytes: its handle, and what could not be written yet.
struct Stream {
    var handle: Handle
    /// There when the transport is TLS.
    var tls: UnsafeMutablePointer<TLSStream>?
    /// Waits to be written to the descriptor.
    var pending = ByteStore()
    /// Was read, but could not be used yet: an unfinished head, or the next request.
    var partial = ByteStore()
}
