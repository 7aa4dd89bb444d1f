/// A response head as offsets into the bytes it was read from; nothing is copied.
package struct ParsedResponse {
    package var status = 0
    /// 0 for HTTP/1.0, 1 for HTTP/1.1 and what came after it.
    package var minorVersion: UInt8 = 1
    package var reasonStart = 0
    package var reasonLength = 0
    package var fieldsStart = 0
    package var fields = FieldSection()

    package init() {}

    package var length: Int { fields.end }

    /// Whether this one only announces the one to come (RFC 9110 §15.2); 101 is final for HTTP.
    package var isInterim: Bool { status < 200 && status != 101 }

    /// - Parameter method: the method of the request that it answers.
    package func framing(answering method: ParsedRequest.Method) -> BodyFraming {
        if method == .head || status < 200 || status == 204 || status == 304 { return .none }
        if fields.isChunked { return .chunked }
        guard let length = fields.contentLength else { return .untilClose }
        return length == 0 ? .none : .length(length)
    }

    /// Whether the server keeps the connection; it also has to end the body before that can matter.
    package var keepsAlive: Bool {
        if fields.connection.contains(.close) { return false }
        return minorVersion >= 1 || fields.connection.contains(.keepAlive)
    }

    /// Looks for a response head at the start of `count` bytes; see ``ParsedRequest/parse(_:count:slots:limits:)``.
    package mutating func parse(
        _ bytes: UnsafePointer<UInt8>, count: Int, slots: UnsafeMutablePointer<FieldSlot>,
        limits: HeadLimits = .response
    ) -> HeadOutcome {
        self = ParsedResponse()
        let feed = Bytes.lineFeed(bytes, count)
        guard feed >= 0 else {
            return count > limits.startLine &+ 1 ? .failed(.statusLineTooLong) : .incomplete
        }
        if let error = readStatusLine(bytes, feed, limits) { return .failed(error) }
        fieldsStart = feed &+ 1
        let outcome = fields.read(bytes, count, from: fieldsStart, limits: limits, slots: slots)
        guard outcome == .complete else { return outcome }
        return minorVersion == 0 && fields.isChunked ? .failed(.ambiguousLength) : .complete
    }

    /// `HTTP/1.1 200 OK`; the blank before an empty reason may be missing, as some servers have it.
    private mutating func readStatusLine(
        _ line: UnsafePointer<UInt8>, _ feed: Int, _ limits: HeadLimits
    ) -> HTTPParseError? {
        guard feed > 0, line[feed &- 1] == Bytes.cr else { return .badStatusLine }
        let length = feed &- 1
        if length > limits.startLine { return .statusLineTooLong }
        guard length >= 12, line[0] == 0x48, line[1] == 0x54, line[2] == 0x54, line[3] == 0x50, line[4] == 0x2F,
            line[5] == 0x31, line[6] == 0x2E, line[7] &- 0x30 < 10, line[8] == Bytes.space,
            line[9] &- 0x31 < 9, line[10] &- 0x30 < 10, line[11] &- 0x30 < 10
        else { return .badStatusLine }
        minorVersion = line[7] == 0x30 ? 0 : 1
        status = Int(line[9] &- 0x30) &* 100 &+ Int(line[10] &- 0x30) &* 10 &+ Int(line[11] &- 0x30)
        if length == 12 { return nil }
        guard line[12] == Bytes.space else { return .badStatusLine }
        reasonStart = 13
        reasonLength = length &- 13
        return Bytes.isText(line + 13, reasonLength) ? nil : .badStatusLine
    }
}
