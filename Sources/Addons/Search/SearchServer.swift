internal import HTTP
internal import Model
internal import Posix

/// The search server of one add-on: its folder, its port, and who may ask it.
struct SearchServer: Sendable {
    let folder: String
    let key: String
    let port: UInt16
    let user: String
    let password: String
    let engine: SearchEngine

    var url: String { "http://\(user):\(password)@127.0.0.1:\(port)" }

    var memory: [String: String] {
        ["port": "\(port)", "user": user, "password": password, "key": key].merging(engine.memory) { $1 }
    }

    private var authorization: String { "Basic \(Base64.encode("\(user):\(password)".utf8))" }

    /// Everything that the server is told at its start.
    func writeSettings() throws {
        for path in ["\(folder)/data", "\(folder)/cache"] { try FileTree.makeFolder(path) }
        for (name, text) in engine.files(port: port, authorization: authorization) {
            if let slash = name.lastIndex(of: "/") { try FileTree.makeFolder("\(folder)/\(name[..<slash])") }
            try FileTree.write(Array(text.utf8), to: "\(folder)/\(name)")
        }
    }

    func spec(_ door: OutwardConnection) -> ServerSpec {
        let server = self
        return ServerSpec(
            key: key, type: "search", folder: folder, command: engine.command,
            environment: engine.environment(user: user, password: password), readable: engine.readable
        ) {
            // One that does not answer yet says no.
            (try? await withTimeLimit(.seconds(10)) { try await server.answers(door) }) ?? false
        }
    }

    private func answers(_ door: OutwardConnection) async throws -> Bool {
        let socket = try await door.open("127.0.0.1", port)
        defer { socket.close() }
        let request =
            "GET / HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nAuthorization: \(authorization)\r\nConnection: close\r\n\r\n"
        try await socket.write(Array(request.utf8))
        return String(decoding: try await socket.read(), as: UTF8.self).hasPrefix("HTTP/1.1 200 ")
    }
}
