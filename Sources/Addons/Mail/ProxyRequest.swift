internal import HTTP
internal import Posix

/// What a client asks a proxy for, up to the empty line.
struct ProxyRequest: Sendable {
    let method: String
    let target: String
    private let fields: [(name: String, value: String)]
    /// What came behind it.
    let rest: [UInt8]

    enum Refusal: Error {
        case malformed
        case credentials
        case method
        case unreachable(String, String)

        var text: String {
            let (status, more, body) =
                switch self {
                case .malformed: ("400 Bad Request", "", "This is no request to a proxy.")
                case .credentials:
                    (
                        "407 Proxy Authentication Required", "Proxy-Authenticate: Basic realm=\"paas\"\r\n",
                        "This proxy serves apps with a mail add-on; its URL is in their environment."
                    )
                case .method: ("405 Method Not Allowed", "Allow: CONNECT\r\n", "This proxy passes on https alone.")
                case .unreachable(let place, let reason): ("502 Bad Gateway", "", "\(place): \(reason)")
                }
            return "HTTP/1.1 \(status)\r\n\(more)Content-Type: text/plain; charset=utf-8\r\n"
                + "Content-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)"
        }
    }

    static let headLimit = 16 << 10

    /// Lines up to the empty one; `nil` when the other side hung up before the first byte.
    static func head(from socket: AsyncStreamSocket) async throws -> (lines: [Substring], rest: [UInt8])? {
        var bytes: [UInt8] = []
        while bytes.count <= headLimit {
            let part = try await socket.read(atMost: headLimit)
            if part.isEmpty { return nil }
            bytes += part
            guard let end = bytes.indices.first(where: { bytes[$0...].starts(with: [0x0D, 0x0A, 0x0D, 0x0A]) })
            else { continue }
            let text = String(decoding: bytes[..<end], as: UTF8.self)
            return (text.split(separator: "\r\n", omittingEmptySubsequences: false), Array(bytes[(end + 4)...]))
        }
        throw Refusal.malformed
    }

    static func read(from socket: AsyncStreamSocket) async throws -> ProxyRequest? {
        guard let head = try await head(from: socket) else { return nil }
        return try ProxyRequest(head.lines, rest: head.rest)
    }

    init(_ lines: [Substring], rest: [UInt8]) throws(Refusal) {
        let words = (lines.first ?? "").split(separator: " ")
        guard words.count == 3, words[2].hasPrefix("HTTP/1.") else { throw .malformed }
        (method, target) = (String(words[0]), String(words[1]))
        var fields: [(name: String, value: String)] = []
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { throw .malformed }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            fields.append((line[..<colon].lowercased(), String(value)))
        }
        self.fields = fields
        self.rest = rest
    }

    /// `Proxy-Authorization: Basic …`
    var credentials: (user: String, password: String)? {
        guard let value = fields.first(where: { $0.name == "proxy-authorization" })?.value else { return nil }
        let words = value.split(separator: " ")
        guard words.count == 2, words[0].lowercased() == "basic",
            let bytes = Base64.decode(words[1].utf8, isStrict: true)
        else { return nil }
        let pair = String(decoding: bytes, as: UTF8.self)
        guard let colon = pair.firstIndex(of: ":") else { return nil }
        return (String(pair[..<colon]), String(pair[pair.index(after: colon)...]))
    }

    /// `api.sendgrid.com:443`
    var place: (host: String, port: UInt16)? { ProxyPlace.split(target[...], otherwise: nil) }
}
