import HTTP
import Posix
import Synchronization
import TestSupport

/// Answers the API of one home as a test says, on a real socket, and remembers what it was asked.
final class FakePlatform: Sendable {
    /// What to answer: a status and a body.
    struct Reply: Sendable {
        var status = 200
        var body: String
        var version: String?
        /// The `Next-Range` of a list that goes on.
        var nextRange: String?

        func followed(by range: String) -> Reply {
            var reply = self
            reply.nextRange = range
            return reply
        }

        static func json(_ body: String, status: Int = 200) -> Reply { Reply(status: status, body: body) }
    }

    let home: String
    private let replies: Mutex<[String: [Reply]]>
    private let asked = Mutex<[String]>([])
    private let askedRanges = Mutex<[String?]>([])
    private let attach: (@Sendable (AsyncStreamSocket) async throws -> Void)?

    /// Serves while `body` runs.
    ///
    /// - Parameters:
    ///   - replies: by `METHOD /path`; of several the next one each time, the last one for good.
    ///   - attach: what happens on an upgraded stream.
    ///   - hangUps: so many requests are read and not answered before, as by a daemon that is killed. Who asks whether
    ///     somebody is there is answered, here and later, and not counted.
    static func with(
        _ replies: [String: [Reply]], attach: (@Sendable (AsyncStreamSocket) async throws -> Void)? = nil,
        hangUps: Int = 0,
        _ body: (FakePlatform) async throws -> Void
    ) async throws {
        let home = try Scratch.folder("paas-cli")
        defer { try? FileTree.remove(home) }
        let platform = FakePlatform(home: home, replies, attach)
        try FileTree.makeFolder("\(home)/run")
        let listener = AsyncListener(try UnixSocket.listen(at: "\(home)/run/api.sock"), reactor: try Reactor())
        let serving = Task {
            var unanswered = hangUps
            while unanswered > 0 {
                let client = try await listener.accept()
                let request = String(decoding: try await client.read(), as: UTF8.self)
                if request.hasPrefix("GET /paas/v1/alive ") {
                    try await client.write(Array("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n".utf8))
                } else if !request.isEmpty {
                    unanswered -= 1
                }
                client.close()
            }
            try await HTTPServer { request, responder, _ in await platform.answer(request, responder) }.serve(listener)
        }
        defer { serving.cancel() }
        try await body(platform)
    }

    private init(
        home: String, _ replies: [String: [Reply]], _ attach: (@Sendable (AsyncStreamSocket) async throws -> Void)?
    ) {
        self.home = home
        self.replies = Mutex(replies)
        self.attach = attach
    }

    /// `METHOD /path BODY` of each request so far.
    var requests: [String] { asked.withLock { $0 } }

    /// The `Range` of each request so far.
    var ranges: [String?] { askedRanges.withLock { $0 } }

    /// Runs `paas` against this platform.
    func paas(
        _ words: String..., input: String = "", folder: String = "/", environment: [String: String] = [:]
    ) async throws -> Outcome {
        try await run(words, input: input, folder: folder, environment: environment)
    }

    func run(
        _ words: [String], input: String = "", folder: String = "/", environment: [String: String] = [:]
    ) async throws -> Outcome {
        var command = Command(
            [try PaasProgram.path()] + words,
            environment: [
                "PATH": Programs.systemPath, "HOME": home, "PAAS_HOME": home, "PAAS_DAEMON": "/bin/false",
                "GIT_CONFIG_NOSYSTEM": "1",
            ].merging(environment) { $1 }, folder: folder)
        command.input = input
        command.limit = .seconds(30)
        return try await command.run()
    }

    private func answer(_ request: HTTPRequest, _ responder: HTTPResponder) async {
        if request.path == "/paas/v1/alive" {
            // Who has asked and is gone needs no answer.
            try? await responder.send(status: 204, headers: [:])
            return
        }
        let key = "\(request.method) \(request.path)"
        let query = request.query.map { "?\($0.key)=\($0.value)" }.joined()
        asked.withLock { $0.append("\(key)\(query) \(String(decoding: request.body, as: UTF8.self))") }
        askedRanges.withLock { $0.append(request.headers["Range"]) }
        if let attach, request.headers["Upgrade"] != nil {
            // A test whose stream breaks fails on what it then sees.
            if let socket = try? await responder.upgrade(to: "paas-attach/1") { try? await attach(socket) }
            return
        }
        let reply = replies.withLock { replies -> Reply in
            guard let first = replies[key]?.first else {
                return .json(#"{"id":"not_found","message":"The test has no answer to \#(key)."}"#, status: 404)
            }
            if replies[key, default: []].count > 1 { replies[key]?.removeFirst() }
            return first
        }
        var headers: HTTPHeaders = ["Content-Type": "application/json"]
        if let version = reply.version { headers.add("Paas-Version", version) }
        if let range = reply.nextRange { headers.add("Next-Range", range) }
        // As a daemon that ends: nobody reaches it any more.
        if request.path == "/paas/v1/shutdown" { try? FileTree.remove("\(home)/run/api.sock") }
        try? await responder.send(status: reply.status, headers: headers, body: Array(reply.body.utf8))
    }
}

/// The program under test, which stands beside the tests.
enum PaasProgram {
    struct Missing: Error {}

    static func path() throws -> String {
        guard let tests = Environment.executable, let slash = tests.lastIndex(of: "/") else { throw Missing() }
        let path = "\(tests[..<slash])/paas"
        guard FileTree.exists(path) else { throw Missing() }
        return path
    }
}
