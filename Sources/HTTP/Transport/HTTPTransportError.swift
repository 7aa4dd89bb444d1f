/// Why a connection could not go on.
package enum HTTPTransportError: Error, Equatable, CustomStringConvertible {
    /// The other side hung up in the middle of a message.
    case closed
    /// What came is no HTTP/1.1, or has an oversized head.
    case malformed(HTTPParseError)
    case bodyTooLarge
    case tooSlow
    /// The handler answered twice, or wrote after the end.
    case alreadyAnswered

    package var description: String {
        switch self {
        case .closed: "the connection was closed in the middle of a message"
        case .malformed(let what): "malformed HTTP: \(what)"
        case .bodyTooLarge: "the body is larger than \(HTTPRequest.bodyLimitBytes) bytes"
        case .tooSlow: "the other side took too long"
        case .alreadyAnswered: "the request is answered already"
        }
    }
}
