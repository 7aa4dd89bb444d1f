#if canImport(Glibc)
    internal import Glibc
#endif

/// What a dyno has in memory, in bytes, by kind.
struct MemoryUse: Equatable {
    /// Memory of its processes that is no file's.
    var anonymous: UInt64 = 0
    /// Pages of files.
    var cache: UInt64 = 0
    var swap: UInt64 = 0
    /// Pages that came and went since its start.
    var pagesIn: UInt64 = 0
    var pagesOut: UInt64 = 0

    static let pageBytes = UInt64(max(4096, sysconf(Int32(_SC_PAGESIZE))))
}

/// Measures one dyno's memory.
protocol MemoryMeter: AnyObject {
    /// What counts towards the quota: all but pages of files, which the kernel takes back when they are in the way.
    ///
    /// - Parameter closeTo: from there on exactness is worth its price.
    func usage(closeTo: UInt64) -> UInt64
    /// Whether the kernel has ended a process, since the dyno would have passed its limit.
    var hasRunOut: Bool { get }
    func use() -> MemoryUse
}
