#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The header fields that a proxy treats in a way of their own.
package enum FieldKind: UInt8 {
    case other
    case host
    case connection
    case contentLength
    case transferEncoding
    case upgrade
    case expect
    case keepAlive
    case te
    case proxyConnection
    case via
    case server
    case setCookie
    case xForwardedFor
    case xForwardedProto
    case xForwardedPort
    case xRequestID
    case xRequestStart
    /// Named in a Connection field, and so only meant for the next hop.
    case nominated

    /// - Parameter name: a field name of `length` bytes, in any case.
    @inline(__always)
    static func of(_ name: UnsafePointer<UInt8>, _ length: Int) -> FieldKind {
        // The length alone rules most fields out.
        switch length {
        case 2: return equal(name, "te") ? .te : .other
        case 3: return equal(name, "via") ? .via : .other
        case 4: return equal(name, "host") ? .host : .other
        case 6:
            if equal(name, "expect") { return .expect }
            return equal(name, "server") ? .server : .other
        case 7: return equal(name, "upgrade") ? .upgrade : .other
        case 10:
            if equal(name, "connection") { return .connection }
            if equal(name, "keep-alive") { return .keepAlive }
            return equal(name, "set-cookie") ? .setCookie : .other
        case 12: return equal(name, "x-request-id") ? .xRequestID : .other
        case 14: return equal(name, "content-length") ? .contentLength : .other
        case 15:
            if equal(name, "x-forwarded-for") { return .xForwardedFor }
            return equal(name, "x-request-start") ? .xRequestStart : .other
        case 16:
            if equal(name, "x-forwarded-port") { return .xForwardedPort }
            return equal(name, "proxy-connection") ? .proxyConnection : .other
        case 17:
            if equal(name, "x-forwarded-proto") { return .xForwardedProto }
            return equal(name, "transfer-encoding") ? .transferEncoding : .other
        default: return .other
        }
    }

    @inline(__always)
    private static func equal(_ name: UnsafePointer<UInt8>, _ lowered: StaticString) -> Bool {
        (name[0] | 0x20) == lowered.utf8Start[0]
            && Bytes.equalIgnoringCase(name, lowered.utf8Start, lowered.utf8CodeUnitCount)
    }
}

/// Where one field line lies, in offsets from the start of the head.
package struct FieldSlot {
    package var start: UInt32
    package var valueStart: UInt32
    /// Without the blanks around it.
    package var valueLength: UInt32
    package var nameLength: UInt16
    package var kind: FieldKind
}
