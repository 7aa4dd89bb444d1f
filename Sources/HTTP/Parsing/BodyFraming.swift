/// How the length of a body is told. Source: RFC 9112 §6.3.
package enum BodyFraming: Hashable, Sendable {
    case none
    /// Content-Length, in bytes.
    case length(UInt64)
    case chunked
    /// A response that lasts until its connection closes.
    case untilClose
}

/// What a Connection field asks for.
package struct ConnectionOptions: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static var close: ConnectionOptions { ConnectionOptions(rawValue: 1) }
    package static var keepAlive: ConnectionOptions { ConnectionOptions(rawValue: 2) }
    package static var upgrade: ConnectionOptions { ConnectionOptions(rawValue: 4) }
    /// It names other fields, which end at this hop.
    package static var nominates: ConnectionOptions { ConnectionOptions(rawValue: 8) }
}
