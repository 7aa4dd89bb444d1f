#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Writes bytes one after the other into memory whose owner has made sure that there is room.
struct Ink {
    private(set) var at: UnsafeMutablePointer<UInt8>
    private let start: UnsafeMutablePointer<UInt8>

    init(_ start: UnsafeMutablePointer<UInt8>) {
        self.start = start
        at = start
    }

    @inline(__always) var count: Int { start.distance(to: at) }

    @inline(__always)
    mutating func put(_ text: StaticString) {
        memcpy(at, text.utf8Start, text.utf8CodeUnitCount)
        at += text.utf8CodeUnitCount
    }

    @inline(__always)
    mutating func put(_ bytes: UnsafePointer<UInt8>, _ count: Int) {
        memcpy(at, bytes, count)
        at += count
    }

    @inline(__always)
    mutating func put(byte: UInt8) {
        at.pointee = byte
        at += 1
    }

    @inline(__always)
    mutating func put(decimal number: UInt64) {
        var digits = 1
        var bound: UInt64 = 10
        while digits < 20, number >= bound {
            digits &+= 1
            // Twenty digits are the most: the bound may wrap only after the last comparison.
            bound = digits < 20 ? bound &* 10 : bound
        }
        var rest = number
        var index = digits
        while index > 0 {
            index &-= 1
            at[index] = 0x30 &+ UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        at += digits
    }

    @inline(__always)
    mutating func put(hexadecimal number: UInt64) {
        var shift = 60
        while shift > 0, number >> UInt64(shift) == 0 { shift &-= 4 }
        while shift >= 0 {
            put(byte: Self.digit(UInt8(truncatingIfNeeded: number >> UInt64(shift)) & 15))
            shift &-= 4
        }
    }

    /// The bytes between quotes' inside: quotes, backslashes and control bytes are written so that nobody can forge a
    /// field or a line with them. Takes at most four times `count`.
    mutating func put(escaping bytes: UnsafePointer<UInt8>, _ count: Int) {
        var index = 0
        while index < count {
            let byte = bytes[index]
            if byte == 0x22 || byte == 0x5C {
                put(byte: 0x5C)
                put(byte: byte)
            } else if byte < 0x20 || byte == 0x7F {
                put("\\x")
                put(byte: Self.digit(byte >> 4))
                put(byte: Self.digit(byte & 15))
            } else {
                put(byte: byte)
            }
            index &+= 1
        }
    }

    /// A UUID of version 4 made of 128 random bits, 36 bytes long.
    @inline(__always)
    mutating func put(uuid high: UInt64, _ low: UInt64) {
        let words = ((high & ~0xF000) | 0x4000, (low & ~(0b11 << 62)) | (0b10 << 62))
        var digit = 0
        while digit < 32 {
            if digit == 8 || digit == 12 || digit == 16 || digit == 20 { put(byte: 0x2D) }
            let word = digit < 16 ? words.0 : words.1
            put(byte: Self.digit(UInt8(truncatingIfNeeded: word >> UInt64(60 &- 4 &* (digit & 15))) & 15))
            digit &+= 1
        }
    }

    @inline(__always)
    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 &+ value : 0x57 &+ value }
}
