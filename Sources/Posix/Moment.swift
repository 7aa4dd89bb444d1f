internal import CPosix

/// The clocks, read without allocation.
package enum Moment {
    /// Nanoseconds of the clock that never jumps.
    package static var monotonicNanoseconds: UInt64 { cpx_monotonic_ns() }
    /// Microseconds since 1970-01-01T00:00:00Z.
    package static var realtimeMicroseconds: Int64 { cpx_realtime_us() }
}
