#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// What a proxy in front says of a connection before its first byte: versions 1 (a line) and 2 (binary) of the PROXY
/// protocol.
///
/// Source: proxy-protocol.txt of HAProxy, revision 2020-03-05.
package struct ProxyPreamble: Equatable {
    /// The client's address in its usual spelling; `nil` where the proxy speaks for itself or does not know.
    package private(set) var source: String?
    /// The port that the client asked on; 0 where ``source`` is `nil`.
    package private(set) var destinationPort: UInt16 = 0
    /// The client spoke TLS with the proxy.
    package private(set) var isSecure = false
    /// Its bytes; what follows is the client's.
    package private(set) var length = 0

    package enum Outcome: Equatable {
        case complete(ProxyPreamble)
        case incomplete
        case malformed
    }

    /// The longest that is read: more than any proxy adds.
    package static var limit: Int { 16 + 4096 }

    private static var signature: StaticString { "\r\n\r\n\0\r\nQUIT\n" }
    /// With its CRLF.
    private static var lineLimit: Int { 107 }

    /// Looks at `count` bytes from the start of a connection, and never beyond them.
    package static func parse(_ bytes: UnsafePointer<UInt8>, count: Int) -> Outcome {
        guard count > 0 else { return .incomplete }
        return bytes[0] == UInt8(ascii: "P") ? parseLine(bytes, count) : parseBinary(bytes, count)
    }

    // MARK: Version 1

    private static func parseLine(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Outcome {
        let start: StaticString = "PROXY "
        let known = min(count, start.utf8CodeUnitCount)
        guard memcmp(bytes, start.utf8Start, known) == 0 else { return .malformed }
        let end = Bytes.lineFeed(bytes, min(count, lineLimit))
        guard end >= 0 else { return count < lineLimit ? .incomplete : .malformed }
        guard end > known, bytes[end - 1] == Bytes.cr else { return .malformed }
        let line = UnsafeBufferPointer(start: bytes + known, count: end - 1 - known)
        var preamble = ProxyPreamble()
        preamble.length = end + 1
        let words = line.split(separator: Bytes.space, omittingEmptySubsequences: false)
        if let first = words.first, first.elementsEqual("UNKNOWN".utf8) { return .complete(preamble) }
        guard words.count == 5, let family = family(words[0]),
            let source = canonical(words[1], family), canonical(words[2], family) != nil,
            port(words[3]) != nil, let destination = port(words[4])
        else { return .malformed }
        preamble.source = source
        preamble.destinationPort = destination
        return .complete(preamble)
    }

    private static func family(_ word: some Sequence<UInt8>) -> Int32? {
        if word.elementsEqual("TCP4".utf8) { return AF_INET }
        return word.elementsEqual("TCP6".utf8) ? AF_INET6 : nil
    }

    private static func port(_ word: some Collection<UInt8>) -> UInt16? {
        guard (1...5).contains(word.count), word.first != UInt8(ascii: "0") || word.count == 1 else { return nil }
        var number = 0
        for digit in word {
            guard digit &- UInt8(ascii: "0") < 10 else { return nil }
            number = number * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return UInt16(exactly: number)
    }

    private static func canonical(_ word: some Collection<UInt8>, _ family: Int32) -> String? {
        guard word.count < Int(INET6_ADDRSTRLEN), !word.contains(0) else { return nil }
        var address = in6_addr()
        let isAddress = (word.map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer {
            inet_pton(family, $0.baseAddress, &address) == 1
        }
        return isAddress ? text(&address, family) : nil
    }

    // MARK: Version 2

    private static func parseBinary(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Outcome {
        guard memcmp(bytes, signature.utf8Start, min(count, signature.utf8CodeUnitCount)) == 0 else {
            return .malformed
        }
        guard count >= 16 else { return .incomplete }
        let command = bytes[12] & 15
        guard bytes[12] >> 4 == 2, command < 2 else { return .malformed }
        let length = Int(bytes[14]) << 8 | Int(bytes[15])
        guard 16 + length <= limit else { return .malformed }
        guard count >= 16 + length else { return .incomplete }
        var preamble = ProxyPreamble()
        preamble.length = 16 + length
        // LOCAL: the proxy itself, looking whether somebody is here.
        guard command == 1 else { return .complete(preamble) }
        let part = bytes + 16
        let family: Int32
        switch bytes[13] {
        case 0x11: family = AF_INET
        case 0x21: family = AF_INET6
        default: return .complete(preamble)
        }
        let size = family == AF_INET ? 4 : 16
        guard length >= 2 * size + 4 else { return .malformed }
        var address = in6_addr()
        memcpy(&address, part, size)
        preamble.source = text(&address, family)
        preamble.destinationPort = UInt16(part[2 * size + 2]) << 8 | UInt16(part[2 * size + 3])
        guard let isSecure = tellsTLS(part + 2 * size + 4, length - 2 * size - 4) else { return .malformed }
        preamble.isSecure = isSecure
        return .complete(preamble)
    }

    /// Whether a PP2_TYPE_SSL with its PP2_CLIENT_SSL is among the extensions; `nil` when one goes beyond the end.
    private static func tellsTLS(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool? {
        var isSecure = false
        var index = 0
        while index < count {
            guard index + 3 <= count else { return nil }
            let length = Int(bytes[index + 1]) << 8 | Int(bytes[index + 2])
            guard index + 3 + length <= count else { return nil }
            if bytes[index] == 0x20, length >= 5 { isSecure = bytes[index + 3] & 1 == 1 }
            index += 3 + length
        }
        return isSecure
    }

    private static func text(_ address: inout in6_addr, _ family: Int32) -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { name in
            inet_ntop(family, &address, name.baseAddress, socklen_t(name.count)).map { String(cString: $0) }
        }
    }
}
