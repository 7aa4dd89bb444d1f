#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The numbers of routes by the bytes of a lower-case name, in raw memory: open addressing, without a String.
///
/// Its owner frees it.
struct HostIndex {
    private struct Slot {
        var hash: UInt64
        var name: UnsafePointer<UInt8>
        var length: Int32
        /// Negative in a free slot.
        var route: Int32
    }

    private let slots: UnsafeMutablePointer<Slot>
    private let mask: Int
    private(set) var count = 0
    /// Anything: what free slots have in place of a name.
    private let nothing: UnsafeMutablePointer<UInt8>

    /// - Parameter expected: how many names will be put in.
    init(expecting expected: Int) {
        var capacity = 16
        while capacity < expected * 2 { capacity *= 2 }
        mask = capacity - 1
        nothing = .allocate(capacity: 1)
        nothing.initialize(to: 0)
        slots = .allocate(capacity: capacity)
        slots.initialize(repeating: Slot(hash: 0, name: nothing, length: 0, route: -1), count: capacity)
    }

    func free() {
        slots.deallocate()
        nothing.deallocate()
    }

    /// - Parameters:
    ///   - name: stays where it is for as long as the index.
    ///   - hash: of ``hash(_:_:)``, or of ``step(_:_:)`` and ``finish(_:)`` for every name of this index.
    mutating func insert(_ name: UnsafePointer<UInt8>, _ length: Int, hash: UInt64, _ route: Int) {
        var index = Int(truncatingIfNeeded: hash) & mask
        while slots[index].route >= 0 { index = (index + 1) & mask }
        slots[index] = Slot(hash: hash, name: name, length: Int32(length), route: Int32(route))
        count += 1
    }

    /// - Returns: negative when the name is not there.
    @inline(__always)
    func find(_ name: UnsafePointer<UInt8>, _ length: Int, hash: UInt64) -> Int {
        var index = Int(truncatingIfNeeded: hash) & mask
        while slots[index].route >= 0 {
            if slots[index].hash == hash, Int(slots[index].length) == length,
                memcmp(slots[index].name, name, length) == 0
            {
                return Int(slots[index].route)
            }
            index = (index &+ 1) & mask
        }
        return -1
    }

    // MARK: FNV-1a: names are short, and only the daemon chooses what is in the table.

    static let seed: UInt64 = 0xCBF2_9CE4_8422_2325

    @inline(__always)
    static func step(_ value: UInt64, _ byte: UInt8) -> UInt64 { (value ^ UInt64(byte)) &* 0x100_0000_01B3 }

    @inline(__always)
    static func finish(_ value: UInt64) -> UInt64 { value ^ (value >> 29) }

    @inline(__always)
    static func hash(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
        var value = seed
        var index = 0
        while index < count {
            value = step(value, bytes[index])
            index &+= 1
        }
        return finish(value)
    }
}
