internal import HTTP
internal import Posix

/// The server of one add-on, as a program: its folder has what it is told, and what it keeps.
package enum SearchProgram {
    /// Why it does not start.
    package enum Failure: Error, CustomStringConvertible {
        case usage
        case badSettings(String)

        package var description: String {
            switch self {
            case .usage: "usage: paas-search SETTINGS-FILE"
            case .badSettings(let path): "\(path) has no port or no authorization"
            }
        }
    }

    /// As Elasticsearch's `http.max_content_length`.
    private static let bodyLimitBytes = 100 << 20

    /// Serves until the process is ended.
    ///
    /// - Parameter arguments: of the process: a file with `port` and `authorization` in lines of their own; data lie
    ///   beside it.
    package static func run(_ arguments: [String]) async throws {
        guard arguments.count == 2 else { throw Failure.usage }
        let settings = try read(arguments[1])
        let folder = arguments[1].lastIndex(of: "/").map { arguments[1][..<$0] } ?? "."
        let data = "\(folder)/data"
        try FileTree.makeFolder(data)
        let api = SearchAPI(try SearchFile(path: "\(data)/search.db"), authorization: settings.authorization)
        let socket = try TCPSocket.listen(address: "127.0.0.1", port: settings.port, backlog: 512)
        let listener = AsyncListener(socket, reactor: try Reactor())
        let rules = HTTPServerRules(
            bodyLimitBytes: bodyLimitBytes, refusal: { api.refusal(of: $0) },
            unreadable: { SearchAPI.unreadable(status: $0, reason: $1) })
        let server = HTTPServer(idleLimit: .seconds(300), rules: rules) { request, responder, _ in
            let answer = await api.answer(request)
            // Whoever asked may have gone.
            try? await responder.send(status: answer.status, headers: answer.headers, body: answer.body)
        }
        try await server.serve(listener)
    }

    private static func read(_ path: String) throws -> (port: UInt16, authorization: String) {
        var values: [String: String] = [:]
        for line in try FileTree.readText(path).split(separator: "\n") {
            let halves = line.split(separator: " ", maxSplits: 1).map(String.init)
            if halves.count == 2 { values[halves[0]] = halves[1] }
        }
        guard let port = values["port"].flatMap({ UInt16($0) }), let authorization = values["authorization"] else {
            throw Failure.badSettings(path)
        }
        return (port, authorization)
    }
}
