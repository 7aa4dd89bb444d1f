#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Bytes kept for later; owns no memory while it is empty, so that idle connections cost none.
struct ByteStore {
    private(set) var base: UnsafeMutablePointer<UInt8>?
    private(set) var start: UInt32 = 0
    private(set) var end: UInt32 = 0
    /// The memory is one of the loop's scratch buffers.
    private(set) var isScratch = false

    @inline(__always) var isEmpty: Bool { start == end }
    @inline(__always) var count: Int { Int(end &- start) }
    @inline(__always) var bytes: UnsafeMutablePointer<UInt8>? { base.map { $0 + Int(start) } }

    /// Replaces what was kept by a copy; the old bytes may be among the new ones.
    mutating func keep(_ bytes: UnsafePointer<UInt8>, _ count: Int) {
        let old = base
        let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: max(count, 1))
        memcpy(memory, bytes, count)
        precondition(!isScratch, "a scratch buffer goes back to its loop first")
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
        precondition(!isScratch, "a scratch buffer goes back to its loop first")
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
        isScratch = true
        start = UInt32(truncatingIfNeeded: UnsafePointer(scratch).distance(to: bytes))
        end = start &+ UInt32(truncatingIfNeeded: count)
    }

    @inline(__always)
    mutating func drop(_ taken: Int) { start &+= UInt32(truncatingIfNeeded: taken) }

    /// Lets the memory go.
    ///
    /// - Returns: the scratch buffer that it was, for the loop to use again.
    mutating func clear() -> UnsafeMutablePointer<UInt8>? {
        let scratch = isScratch ? base : nil
        if !isScratch { base?.deallocate() }
        self = ByteStore()
        return scratch
    }
}
