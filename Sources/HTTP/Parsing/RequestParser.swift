/// A request head as offsets into the bytes it was read from; nothing is copied.
package struct ParsedRequest {
    /// Where the request line starts: 2 when a blank line came before it, else 0.
    package var start = 0
    package var methodLength = 0
    package var targetStart = 0
    package var targetLength = 0
    /// The host in an absolute-form target, which counts instead of the Host field; length -1 otherwise.
    package var authorityStart = 0
    package var authorityLength = -1
    /// 0 for HTTP/1.0, 1 for HTTP/1.1 and what came after it.
    package var minorVersion: UInt8 = 1
    package var method: Method = .other
    package var fieldsStart = 0
    package var fields = FieldSection()

    /// The methods that change how a message is framed or passed on.
    package enum Method: UInt8 {
        case get, head, post, put, delete, options, trace, connect, other

        /// Whether doing it twice comes to the same as doing it once. Source: RFC 9110 §9.2.2.
        package var isIdempotent: Bool {
            switch self {
            case .get, .head, .put, .delete, .options, .trace: true
            case .post, .connect, .other: false
            }
        }
    }

    package init() {}

    package var length: Int { fields.end }
    package var framing: BodyFraming {
        if fields.isChunked { return .chunked }
        guard let length = fields.contentLength, length > 0 else { return .none }
        return .length(length)
    }
    /// Whether the client will send another request on this connection.
    package var keepsAlive: Bool {
        if fields.connection.contains(.close) { return false }
        return minorVersion >= 1 || fields.connection.contains(.keepAlive)
    }
    package var asksForUpgrade: Bool {
        minorVersion >= 1 && fields.hasUpgrade && fields.connection.contains(.upgrade)
    }

    /// Looks for a request head at the start of `count` bytes.
    ///
    /// - Parameter slots: room for ``HeadLimits/fieldCount`` slots; valid once the outcome is `.complete`.
    /// - Complexity: linear; called again with more bytes it starts anew, so call it only after another line feed came
    ///   or when `count` passes a limit.
    package mutating func parse(
        _ bytes: UnsafePointer<UInt8>, count: Int, slots: UnsafeMutablePointer<FieldSlot>,
        limits: HeadLimits = .request
    ) -> HeadOutcome {
        self = ParsedRequest()
        // RFC 9112 §2.2: one empty line before a request is ignored.
        if count >= 1, bytes[0] == Bytes.cr {
            guard count >= 2 else { return .incomplete }
            guard bytes[1] == Bytes.lf else { return .failed(.badRequestLine) }
            start = 2
        }
        let feed = Bytes.lineFeed(bytes + start, count &- start)
        guard feed >= 0 else {
            // No line feed may ever come: a TLS hello, for one, has to be refused at its first byte.
            if count > start, !Bytes.isToken(bytes[start]) { return .failed(.badRequestLine) }
            return count &- start > limits.startLine &+ 1 ? .failed(.requestLineTooLong) : .incomplete
        }
        if let error = readRequestLine(bytes, feed, limits) { return .failed(error) }
        fieldsStart = start &+ feed &+ 1
        let outcome = fields.read(bytes, count, from: fieldsStart, limits: limits, slots: slots)
        guard outcome == .complete else { return outcome }
        // RFC 9112 §3.2 and §6.1.
        if minorVersion >= 1, fields.host < 0 { return .failed(.badHost) }
        if minorVersion == 0, fields.isChunked { return .failed(.ambiguousLength) }
        return .complete
    }

    private mutating func readRequestLine(
        _ bytes: UnsafePointer<UInt8>, _ feed: Int, _ limits: HeadLimits
    ) -> HTTPParseError? {
        let line = bytes + start
        guard feed > 0, line[feed &- 1] == Bytes.cr else { return .badRequestLine }
        let length = feed &- 1
        if length > limits.startLine { return .requestLineTooLong }
        // The version takes the last nine bytes: ` HTTP/1.1`.
        var space = 0
        while space < length, Bytes.isToken(line[space]) { space &+= 1 }
        guard space > 0, space <= 127, space < length, line[space] == Bytes.space, length >= space &+ 11 else {
            return .badRequestLine
        }
        methodLength = space
        method = Self.method(line, space)
        let version = line + (length &- 9)
        guard version[0] == Bytes.space, version[1] == 0x48, version[2] == 0x54, version[3] == 0x54,
            version[4] == 0x50, version[5] == 0x2F, version[6] &- 0x30 < 10, version[7] == 0x2E,
            version[8] &- 0x30 < 10
        else { return .badRequestLine }
        guard version[6] == 0x31 else { return .unsupportedVersion }
        minorVersion = version[8] == 0x30 ? 0 : 1
        targetStart = start &+ space &+ 1
        targetLength = length &- 9 &- space &- 1
        guard targetLength > 0, Bytes.isTarget(bytes + targetStart, targetLength) else { return .badRequestLine }
        return readTarget(bytes)
    }

    /// The four forms of RFC 9112 §3.2.
    private mutating func readTarget(_ bytes: UnsafePointer<UInt8>) -> HTTPParseError? {
        let target = bytes + targetStart
        if target[0] == UInt8(ascii: "/") { return method == .connect ? .badRequestLine : nil }
        if method == .connect { return nil }
        if targetLength == 1, target[0] == UInt8(ascii: "*") { return method == .options ? nil : .badRequestLine }
        for scheme: StaticString in ["http://", "https://"] {
            let skip = scheme.utf8CodeUnitCount
            guard targetLength > skip, Bytes.equalIgnoringCase(target, scheme.utf8Start, skip) else { continue }
            var end = skip
            while end < targetLength, target[end] != UInt8(ascii: "/"), target[end] != UInt8(ascii: "?") { end &+= 1 }
            guard end > skip, FieldSection.isHost(target + skip, end &- skip) else { return .badHost }
            authorityStart = targetStart &+ skip
            authorityLength = end &- skip
            return nil
        }
        return .badRequestLine
    }

    @inline(__always)
    private static func method(_ bytes: UnsafePointer<UInt8>, _ length: Int) -> Method {
        func matches(_ text: StaticString) -> Bool {
            for index in 0..<length where bytes[index] != text.utf8Start[index] { return false }
            return true
        }
        switch length {
        case 3:
            if matches("GET") { return .get }
            return matches("PUT") ? .put : .other
        case 4:
            if matches("HEAD") { return .head }
            return matches("POST") ? .post : .other
        case 5: return matches("TRACE") ? .trace : .other
        case 6: return matches("DELETE") ? .delete : .other
        case 7:
            if matches("OPTIONS") { return .options }
            return matches("CONNECT") ? .connect : .other
        default: return .other
        }
    }
}
