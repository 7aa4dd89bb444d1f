#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Bytes kept for later; owns no memory while it is empty, so that idle connections cost none.
struct ByteStore {
    /// What ``base`` points to.
    enum Place: UInt8 {
        case memory
        /// One of the loop's scratch buffers.
        case scratch
        /// A ``Pipe``, which has the bytes: there are none to be seen here.
        case pipe
    }

    private(set) var base: UnsafeMutablePointer<UInt8>?
    private(set) var start: UInt32 = 0
    private(set) var end: UInt32 = 0
    private(set) var place = Place.memory

    @inline(__always) var isEmpty: Bool { start == end }
    @inline(__always) var count: Int { Int(end &- start) }
    @inline(__always) var bytes: UnsafeMutablePointer<UInt8>? { base.map { $0 + Int(start) } }
    var pipe: UnsafeMutablePointer<Pipe>? {
        place == .pipe ? base.map { UnsafeMutableRawPointer($0).assumingMemoryBound(to: Pipe.self) } : nil
    }

    /// Replaces what was kept by a copy; the old bytes may be among the new ones.
    mutating func keep(_ bytes: UnsafePointer<UInt8>, _ count: Int) {
        let old = base
        let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: max(count, 1))
        memcpy(memory, bytes, count)
        precondition(place == .memory, "what is lent goes back to its loop first")
        old?.deallocate()
        base = memory
        start = 0
        end = UInt32(truncatingIfNeeded: count)
    }

    /// Adds a copy behind what is kept.
    mutating func append(_ bytes: UnsafePointer<UInt8>, _ more: Int) {
        let kept = count
        let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: kept &+ more)
        if let old = self.bytes { memcpy(memory, old, kept) }
        memcpy(memory + kept, bytes, more)
        precondition(place == .memory, "what is lent goes back to its loop first")
        base?.deallocate()
        base = memory
        start = 0
        end = UInt32(truncatingIfNeeded: kept &+ more)
    }

    /// Takes a scratch buffer over, with `count` bytes at `bytes` in it.
    mutating func adopt(
        scratch: UnsafeMutablePointer<UInt8>, _ bytes: UnsafePointer<UInt8>, _ count: Int
    ) {
        precondition(base == nil)
        base = scratch
        place = .scratch
        start = UInt32(truncatingIfNeeded: UnsafePointer(scratch).distance(to: bytes))
        end = start &+ UInt32(truncatingIfNeeded: count)
    }

    /// Takes a pipe over, with `count` bytes in it.
    mutating func adopt(_ pipe: UnsafeMutablePointer<Pipe>, _ count: Int) {
        precondition(base == nil)
        base = UnsafeMutableRawPointer(pipe).assumingMemoryBound(to: UInt8.self)
        place = .pipe
        end = UInt32(truncatingIfNeeded: count)
    }

    @inline(__always)
    mutating func drop(_ taken: Int) { start &+= UInt32(truncatingIfNeeded: taken) }

    /// Lets the memory go.
    ///
    /// - Returns: the scratch buffer that it was, for the loop to use again.
    mutating func clear() -> UnsafeMutablePointer<UInt8>? {
        precondition(place != .pipe, "a pipe goes back to its loop first")
        let scratch = place == .scratch ? base : nil
        if place == .memory { base?.deallocate() }
        self = ByteStore()
        return scratch
    }
}
