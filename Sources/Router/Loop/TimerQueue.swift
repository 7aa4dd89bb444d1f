/// Things that end after one constant time, in the order in which they do: no heap, no system timer.
///
/// A handle is in one queue at most; entering and leaving take constant time.
struct TimerQueue {
    enum Name: UInt8, CaseIterable {
        case none
        /// A client between requests, or with an unfinished head.
        case idleClient
        /// A dyno's connection that is being made.
        case connect
        /// A request without an answer yet: H12.
        case firstByte
        /// Silence while bytes should flow: H15, H28.
        case silence
        /// A request that waits for its app to start: H20.
        case held
        /// A pooled connection to a dyno.
        case idleUpstream
        /// A client that has its answer and is still sending.
        case linger
    }

    /// In milliseconds.
    let duration: UInt64
    private(set) var first: UnsafeMutablePointer<Handle>?
    private var last: UnsafeMutablePointer<Handle>?

    init(duration: UInt64) { self.duration = duration }

    @inline(__always)
    mutating func append(_ handle: UnsafeMutablePointer<Handle>, now: UInt64) {
        handle.pointee.deadline = now &+ duration
        handle.pointee.previous = last
        handle.pointee.next = nil
        if let last { last.pointee.next = handle } else { first = handle }
        last = handle
    }

    @inline(__always)
    mutating func remove(_ handle: UnsafeMutablePointer<Handle>) {
        let previous = handle.pointee.previous
        let next = handle.pointee.next
        if let previous { previous.pointee.next = next } else { first = next }
        if let next { next.pointee.previous = previous } else { last = previous }
        handle.pointee.previous = nil
        handle.pointee.next = nil
    }
}
