/// Why bytes are not an HTTP/1.x message that this house passes on. Source: RFC 9112.
package enum HTTPParseError: UInt8, Error, Hashable, CaseIterable {
    case badRequestLine
    case requestLineTooLong
    case unsupportedVersion
    case badStatusLine
    case statusLineTooLong
    /// A field line that is not `name: value`, is folded, or has a bare CR, bare LF, NUL or another control byte.
    case badField
    case fieldTooLong
    case tooManyFields
    case headTooLong
    case badHost
    case badContentLength
    /// Content-Length beside Transfer-Encoding, or Transfer-Encoding in HTTP/1.0.
    case ambiguousLength
    case unsupportedTransferCoding
    case badChunk

    /// The status a server answers a request with that failed so.
    package var status: Int {
        switch self {
        case .requestLineTooLong: 414
        case .fieldTooLong, .tooManyFields, .headTooLong: 431
        case .unsupportedTransferCoding: 501
        case .unsupportedVersion: 505
        case .badRequestLine, .badStatusLine, .statusLineTooLong, .badField, .badHost, .badContentLength,
            .ambiguousLength, .badChunk:
            400
        }
    }
}

/// What became of looking for a head at the start of some bytes.
package enum HeadOutcome: Hashable {
    case complete
    /// All lines so far are well-formed, but the blank line has not come.
    case incomplete
    case failed(HTTPParseError)
}

/// The sizes that a head may have, in bytes. Source: heroku-platform.md §10.1.
package struct HeadLimits {
    package var startLine: Int
    package var fieldLine: Int
    package var fieldName: Int
    package var fieldCount: Int
    package var head: Int

    package init(startLine: Int, fieldLine: Int, fieldName: Int, fieldCount: Int, head: Int) {
        self.startLine = startLine
        self.fieldLine = fieldLine
        self.fieldName = fieldName
        self.fieldCount = fieldCount
        self.head = head
    }

    package static var request: HeadLimits {
        HeadLimits(startLine: 8192, fieldLine: 8192, fieldName: 1000, fieldCount: 1000, head: 256 << 10)
    }
    package static var response: HeadLimits {
        HeadLimits(startLine: 8192, fieldLine: 512 << 10, fieldName: 1000, fieldCount: 1000, head: 512 << 10)
    }
}
