import Posix

/// What came back for one request.
package struct Answer: Sendable, CustomStringConvertible {
    package let status: Int
    package let head: String
    package let body: String

    package var description: String { "\(status) \(body.prefix(300))" }

    struct NoAnswer: Error, CustomStringConvertible { let description: String }

    /// Asks once, on a connection of its own, and waits for the whole answer on this thread.
    static func ask(port: UInt16, host: String, path: String) throws -> Answer {
        let socket = try TCPSocket.connected(to: port)
        try socket.writeAll(Array("GET \(path) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n".utf8))
        let text = String(decoding: try socket.readAll(limit: 1 << 24), as: UTF8.self)
        guard let end = text.firstRange(of: "\r\n\r\n") else { throw NoAnswer(description: "cut off: \(text)") }
        let head = text[..<end.lowerBound]
        guard let status = Int(head.split(separator: " ", maxSplits: 2).dropFirst().first ?? "") else {
            throw NoAnswer(description: "no status: \(head)")
        }
        return Answer(status: status, head: String(head), body: String(text[end.upperBound...]))
    }
}
