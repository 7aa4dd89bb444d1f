#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Byte classes of RFC 9110 §5.6, without tables: constants stay in registers, globals would have to be looked up.
package enum Bytes {
    package static var cr: UInt8 { 0x0D }
    package static var lf: UInt8 { 0x0A }
    package static var space: UInt8 { 0x20 }
    package static var tab: UInt8 { 0x09 }
    package static var colon: UInt8 { 0x3A }

    /// `tchar`: letters, digits and ``!#$%&'*+-.^_`|~``.
    @inline(__always)
    package static func isToken(_ byte: UInt8) -> Bool {
        let low: UInt64 = 0x03FF_6CFA_0000_0000
        let high: UInt64 = 0x57FF_FFFF_C7FF_FFFE
        let word = byte < 64 ? low : high
        return byte < 128 && (word >> UInt64(byte & 63)) & 1 == 1
    }

    @inline(__always)
    package static func isToken(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        var index = 0
        while index < count {
            guard isToken(bytes[index]) else { return false }
            index &+= 1
        }
        return true
    }

    /// Whether all are what a field value may contain: visible ASCII, blanks, tabs and bytes above 127.
    @inline(__always)
    package static func isText(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        let raw = UnsafeRawPointer(bytes)
        var index = 0
        while index &+ 8 <= count {
            let word = raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            let belowSpace = (word &- 0x2020_2020_2020_2020) & ~word & 0x8080_8080_8080_8080
            let delete = word ^ 0x7F7F_7F7F_7F7F_7F7F
            let isDelete = (delete &- 0x0101_0101_0101_0101) & ~delete & 0x8080_8080_8080_8080
            if belowSpace | isDelete != 0, !isTextSlowly(bytes + index, 8) { return false }
            index &+= 8
        }
        return isTextSlowly(bytes + index, count &- index)
    }

    private static func isTextSlowly(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        var index = 0
        while index < count {
            let byte = bytes[index]
            guard (byte >= 0x20 && byte != 0x7F) || byte == tab else { return false }
            index &+= 1
        }
        return true
    }

    /// Whether all are what a request target may contain: no blank, no control byte, no fragment.
    @inline(__always)
    package static func isTarget(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        var index = 0
        while index < count {
            let byte = bytes[index]
            guard byte > 0x20, byte != 0x7F, byte != 0x23 else { return false }
            index &+= 1
        }
        return true
    }

    /// - Parameter lowered: `count` bytes in lower case; the other side may be in any.
    @inline(__always)
    package static func equalIgnoringCase(
        _ bytes: UnsafePointer<UInt8>, _ lowered: UnsafePointer<UInt8>, _ count: Int
    ) -> Bool {
        var index = 0
        while index < count {
            guard lowercase(bytes[index]) == lowered[index] else { return false }
            index &+= 1
        }
        return true
    }

    @inline(__always)
    package static func lowercase(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

    @inline(__always)
    package static func hexadecimal(_ byte: UInt8) -> UInt8? {
        if byte &- 0x30 < 10 { return byte &- 0x30 }
        let letter = (byte | 0x20) &- 0x61
        return letter < 6 ? letter &+ 10 : nil
    }

    /// The offset of the first line feed, or -1.
    @inline(__always)
    package static func lineFeed(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int {
        guard count > 0, let found = memchr(bytes, 0x0A, count) else { return -1 }
        return UnsafeRawPointer(bytes).distance(to: found)
    }
}
