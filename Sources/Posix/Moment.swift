internal import CPosix

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The clocks, read without allocation.
package enum Moment {
    /// Nanoseconds of the clock that never jumps.
    package static var monotonicNanoseconds: UInt64 { cpx_monotonic_ns() }
    /// Microseconds since 1970-01-01T00:00:00Z.
    package static var realtimeMicroseconds: Int64 { cpx_realtime_us() }

    /// The time of day where this machine is, or where `TZ` says.
    package static var timeOfDay: (hour: Int, minute: Int, second: Int) {
        var now = time(nil)
        var parts = tm()
        localtime_r(&now, &parts)
        return (Int(parts.tm_hour), Int(parts.tm_min), Int(parts.tm_sec))
    }
}
