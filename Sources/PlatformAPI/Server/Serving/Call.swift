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
    /// What every answer carries; handlers that answer by themselves send it too.
    let headers: HTTPHeaders
    /// Makes the URLs that the answer names.
    let links: Links

    func parameter(_ name: String) -> String { parameters[name] ?? "" }

    /// The app that the path names.
    func app() async throws -> App { try await platform.app(parameter("app")) }

    /// The body in the shape that the endpoint takes; an empty body is an empty object.
    func body<Body: Decodable>(_: Body.Type = Body.self) throws -> Body {
        do {
            return try WireJSON.decode(from: request.body.isEmpty ? Array("{}".utf8) : request.body)
        } catch let error as DecodingError {
            throw BadRequest.body(error)
        }
    }
}

/// What a handler gives back.
enum Answer: Sendable {
    case json(status: Int, [UInt8], HTTPHeaders = [:])
    case empty(status: Int)
    case text([UInt8])
    /// The handler has answered by itself: a stream, an upgrade.
    case answered

    static func ok(_ value: some Encodable, status: Int = 200) throws -> Answer {
        .json(status: status, try WireJSON.encode(value))
    }
}
