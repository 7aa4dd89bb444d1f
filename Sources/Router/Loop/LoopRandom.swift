internal import CPosix
internal import Posix

/// Random bits for choices and request ids, quick rather than secret (xoroshiro128+), seeded by the kernel.
struct LoopRandom {
    private var left: UInt64 = 0
    private var right: UInt64 = 0

    init() {
        // Without the kernel's randomness the clock has to do: ids stay distinct enough to read a log.
        if cpx_random(&left, 8) != 0 { left = cpx_monotonic_ns() }
        if cpx_random(&right, 8) != 0 { right = UInt64(bitPattern: cpx_realtime_us()) }
        if left | right == 0 { left = 1 }
    }

    @inline(__always)
    mutating func next() -> UInt64 {
        let result = left &+ right
        let mixed = right ^ left
        left = (left &<< 24 | left &>> 40) ^ mixed ^ (mixed &<< 16)
        right = mixed &<< 37 | mixed &>> 27
        return result
    }

    /// - Returns: a number from 0 up to but not including `bound`, at most 2³².
    @inline(__always)
    mutating func below(_ bound: Int) -> Int {
        Int(truncatingIfNeeded: ((next() >> 32) &* UInt64(bound)) >> 32)
    }
}
