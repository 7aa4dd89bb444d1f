internal import HTTP

/// An answer before it is bytes.
struct Reply: Sendable {
    enum Body: Sendable { case json(JSON), text(String), none }

    var status = 200
    var body: Body

    static func json(_ json: JSON, status: Int = 200) -> Reply { Reply(status: status, body: .json(json)) }
    static let acknowledged = Reply.json(["acknowledged": true])

    /// For HEAD: whether something is there.
    static func exists(_ isThere: Bool) -> Reply { Reply(status: isThere ? 200 : 404, body: .none) }
}

/// A request's way through the API, taken apart.
struct Call: Sendable {
    let request: HTTPRequest
    /// Decoded parts of the path.
    let path: [String]

    init(_ request: HTTPRequest) {
        self.request = request
        path = request.segments
    }

    var method: String { request.method }
    var parameters: [String: String] { request.query }

    func isSet(_ name: String) -> Bool { parameters[name].map { $0 == "" || $0 == "true" } ?? false }

    /// The body, which may be left out.
    ///
    /// - Throws: ``SearchError/badJSON(_:)``
    func json() throws(SearchError) -> JSON {
        guard !request.body.allSatisfy({ [0x20, 0x0A, 0x0D, 0x09].contains($0) }) else { return [:] }
        do { return try JSON(parsing: request.body) } catch { throw .badJSON(error) }
    }

    // MARK: The answer

    /// Clients of version 8 name the version that they want to be answered in.
    private var contentType: String {
        let accept = request.headers["Accept"] ?? ""
        guard let version = accept.firstMatch(of: /application\/vnd\.elasticsearch\+json;\s*compatible-with=(\d+)/)
        else {
            return "application/json; charset=UTF-8"
        }
        return "application/vnd.elasticsearch+json;compatible-with=\(version.1)"
    }

    /// - Parameter reply: what is to be said.
    func answer(_ reply: Reply) -> HTTPAnswer {
        var headers: HTTPHeaders = ["X-Elastic-Product": "Elasticsearch"]
        switch reply.body {
        case .none: return HTTPAnswer(status: reply.status, headers: headers, body: [])
        case .text(let text):
            headers.set("Content-Type", to: "text/plain; charset=UTF-8")
            return HTTPAnswer(status: reply.status, headers: headers, body: Array(text.utf8))
        case .json(let json):
            headers.set("Content-Type", to: contentType)
            let body = isSet("pretty") ? Array("\(json.pretty)\n".utf8) : json.encoded
            return HTTPAnswer(status: reply.status, headers: headers, body: body)
        }
    }
}

extension JSON {
    /// For people: a line a member.
    var pretty: String { pretty(indent: "") }

    private func pretty(indent: String) -> String {
        let more = indent + "  "
        switch self {
        case .object(let members) where !members.isEmpty:
            let lines = members.map { "\(more)\(JSON.text($0.name).encodedText) : \($0.value.pretty(indent: more))" }
            return "{\n\(lines.joined(separator: ",\n"))\n\(indent)}"
        case .list(let list) where !list.isEmpty:
            return "[\n\(list.map { more + $0.pretty(indent: more) }.joined(separator: ",\n"))\n\(indent)]"
        case .null, .bool, .number, .text, .object, .list: return encodedText
        }
    }
}
