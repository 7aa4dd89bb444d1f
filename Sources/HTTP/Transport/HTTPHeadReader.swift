internal import Posix

/// Reads the head of a message from a connection; what comes behind it goes back to the connection.
enum HTTPHeadReader {
    static let limitBytes = 64 << 10

    struct Head: Sendable {
        /// The first line's three words: method, target, version; or version, status, reason.
        var words: (String, String, String)
        var headers: HTTPHeaders
    }

    /// - Returns: `nil` when the other side hung up before the first byte.
    static func read(from socket: AsyncStreamSocket) async throws -> Head? {
        var bytes: [UInt8] = []
        while true {
            let part = try await socket.read(atMost: 16 << 10)
            guard !part.isEmpty else {
                guard bytes.isEmpty else { throw HTTPTransportError.closed }
                return nil
            }
            let searched = max(0, bytes.count - 3)
            bytes += part
            if let end = endOfHead(bytes, from: searched) {
                socket.unread(bytes[end...])
                return try parse(bytes[..<end])
            }
            guard bytes.count < limitBytes else { throw HTTPTransportError.headTooLarge }
        }
    }

    private static func endOfHead(_ bytes: [UInt8], from start: Int) -> Int? {
        guard bytes.count >= 4 else { return nil }
        var index = start
        while index + 3 < bytes.count {
            if bytes[index] == 0x0D, bytes[index + 1] == 0x0A, bytes[index + 2] == 0x0D, bytes[index + 3] == 0x0A {
                return index + 4
            }
            index += 1
        }
        return nil
    }

    private static func parse(_ bytes: ArraySlice<UInt8>) throws(HTTPTransportError) -> Head {
        let lines = bytes.split(separator: 0x0A).map { $0.last == 0x0D ? $0.dropLast() : $0 }
        guard let first = lines.first else { throw .malformed("no first line") }
        let words = first.split(separator: 0x20, maxSplits: 2, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard words.count >= 2 else { throw .malformed("first line") }
        var headers = HTTPHeaders()
        for line in lines.dropFirst() where !line.isEmpty {
            guard let colon = line.firstIndex(of: 0x3A), colon > line.startIndex, line.first != 0x20, line.first != 0x09
            else { throw .malformed("header line") }
            let value = line[(colon + 1)...].drop { $0 == 0x20 || $0 == 0x09 }
            headers.add(
                String(decoding: line[..<colon], as: UTF8.self),
                String(decoding: value.reversed().drop { $0 == 0x20 || $0 == 0x09 }.reversed(), as: UTF8.self))
        }
        return Head(words: (words[0], words[1], words.count > 2 ? words[2] : ""), headers: headers)
    }
}
