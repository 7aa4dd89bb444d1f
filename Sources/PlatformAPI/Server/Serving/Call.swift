internal import APISchema
internal import HTTP
internal import Model
internal import Platform

/// One request on its way through a handler.
struct Call: Sendable {
    let request: HTTPRequest
    let responder: HTTPResponder
    /// The parts of the path that the route names: `app`, `release`.
    let parameters: [String: String]
    let platform: Platform
    let server: APIServer

    func parameter(_ name: String) -> String { parameters[name] ?? "" }

    /// The app that the path names.
    func app() async throws -> App { try await platform.app(parameter("app")) }

    /// The body in the shape that the endpoint takes; an empty body is an empty object.
    func body<Body: Decodable>(_: Body.Type = Body.self) throws -> Body {
        do {
            return try WireJSON.decode(from: request.body.isEmpty ? Array("{}".utf8) : request.body)
        } catch {
            throw BadRequest.body("\(error)")
        }
    }
}

/// What a handler gives back.
enum Answer: Sendable {
    case json(status: Int, [UInt8])
    case empty(status: Int)
    case text([UInt8])
    /// The handler has answered by itself: a stream, an upgrade.
    case answered

    static func ok(_ value: some Encodable, status: Int = 200) throws -> Answer {
        .json(status: status, try WireJSON.encode(value))
    }
}

/// A request that is not of the API's form.
enum BadRequest: Explained {
    case body(String)
    case noSuchEndpoint(String)
    case token
    case foreignPage(String)
    case notTheOwner

    var explanation: Explanation {
        switch self {
        case .body(let reason): Explanation("The request's body can't be read", because: reason, id: .badRequest)
        case .noSuchEndpoint(let endpoint):
            Explanation("The requested API endpoint was not found: \(endpoint)", id: .notFound)
        case .token:
            Explanation(
                "Invalid credentials provided.", mend: ["curl -H \"Authorization: Bearer $(paas auth:token)\" …"],
                id: .unauthorized)
        case .foreignPage(let origin):
            Explanation("Requests from web pages are refused", because: "This one came from \(origin).", id: .forbidden)
        case .notTheOwner: Explanation("This socket serves its owner only", id: .forbidden)
        }
    }
}
