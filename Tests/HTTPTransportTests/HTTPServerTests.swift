import HTTP
import Posix
import Synchronization
import Testing

struct Refusal: Sendable, CustomTestStringConvertible {
    let request: String
    let status: String

    init(_ request: String, _ status: String) {
        self.request = request
        self.status = status
    }

    var testDescription: String { status }
}

@Suite("An HTTP server on a Unix socket", .timeLimit(.minutes(1)))
struct HTTPServerTests {
    @Test("hands a request on whole and sends the answer back whole")
    func roundTrip() async throws {
        try await LocalServer.run { request, responder, peer in
            let text = """
                \(request.method) \(request.segments) \(request.query.sorted { $0.key < $1.key }) \
                \(request.headers["x-one"] ?? "-") \(String(decoding: request.body, as: UTF8.self)) \(peer != nil)
                """
            try? await responder.send(status: 201, headers: ["X-Two": "zwei"], body: Array(text.utf8))
        } _: { server in
            let answer = try await server.client.send(
                HTTPRequest(
                    method: "POST", path: "/apps/a%2Fb/ps", query: ["q": "a b&c", "z": "ä"], headers: ["X-One": "eins"],
                    body: Array("hello".utf8)))
            #expect(answer.status == 201)
            #expect(answer.headers["x-TWO"] == "zwei")
            let text = String(decoding: try await answer.collect(), as: UTF8.self)
            #expect(
                text
                    == #"POST ["apps", "a/b", "ps"] [(key: "q", value: "a b&c"), (key: "z", value: "ä")] eins hello true"#
            )
        }
    }

    @Test("refuses what its rules do not take in their words, before the body is sent")
    func rules() async throws {
        let rules = HTTPServerRules(
            bodyLimitBytes: 10,
            refusal: { request in
                guard request.headers["X-Pass"] == nil else { return nil }
                return HTTPAnswer(status: 401, headers: ["X-Says": "no"], body: Array("who?".utf8))
            },
            unreadable: { HTTPAnswer(status: $0, body: Array("own: \($1)".utf8)) })
        try await LocalServer.run(rules: rules) { _, responder, _ in
            try? await responder.send(status: 200)
        } _: { server in
            func answer(_ head: String) async throws -> String {
                let socket = try server.connect()
                try await socket.write(Array("POST / HTTP/1.1\r\nHost: x\r\n\(head)\r\n\r\n".utf8))
                socket.finishWriting()
                return try await socket.readToEnd()
            }
            #expect(
                try await answer("Content-Length: 5")
                    == "HTTP/1.1 401 Unauthorized\r\nX-Says: no\r\nContent-Length: 4\r\nConnection: close\r\n\r\nwho?")
            let large = try await answer("X-Pass: 1\r\nContent-Length: 11")
            #expect(large.hasPrefix("HTTP/1.1 413 ") && large.hasSuffix("own: the body is larger than 10 bytes"))
        }
    }

    @Test("answers requests of one connection in their order")
    func keepAlive() async throws {
        try await LocalServer.run { request, responder, _ in
            try? await responder.send(status: 200, body: Array(request.path.utf8))
        } _: { server in
            let text = try await server.exchange(
                "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            #expect(
                text == """
                    HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n/1HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\
                    Connection: close\r\n\r\n/2
                    """)
        }
    }

    @Test("sends every piece of a stream at once, not when it ends")
    func streaming() async throws {
        let mayGoOn = AsyncStream<Void>.makeStream()
        try await LocalServer.run { _, responder, _ in
            guard let writer = try? await responder.stream(status: 200) else { return }
            try? await writer.write("first")
            for await _ in mayGoOn.stream { break }
            try? await writer.write("second")
        } _: { server in
            let answer = try await server.client.send(HTTPRequest(method: "GET", path: "/"))
            let pieces = answer.body.makeAsyncIterator()
            #expect(try await pieces.next() == Array("first".utf8))
            mayGoOn.continuation.yield()
            #expect(try await pieces.next() == Array("second".utf8))
            #expect(try await pieces.next() == nil)
        }
    }

    @Test("hands the raw stream over, with what the client has sent ahead")
    func upgrade() async throws {
        try await LocalServer.run { _, responder, _ in
            guard let socket = try? await responder.upgrade(to: "echo/1") else { return }
            while let part = try? await socket.read(), !part.isEmpty { try? await socket.write(part) }
        } _: { server in
            let socket = try server.connect()
            try await socket.write(
                Array("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo/1\r\n\r\nahead".utf8))
            socket.finishWriting()
            #expect(
                try await socket.readToEnd()
                    == "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo/1\r\n\r\nahead")
        }
    }

    @Test("tells the handler when the client hangs up")
    func clientGone() async throws {
        let gone = AsyncStream<Void>.makeStream()
        let arrived = AsyncStream<Void>.makeStream()
        try await LocalServer.run { _, responder, _ in
            arrived.continuation.yield()
            await responder.clientGone()
            gone.continuation.yield()
        } _: { server in
            let socket = try server.connect()
            try await socket.write(Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8))
            for await _ in arrived.stream { break }
            socket.close()
            for await _ in gone.stream { break }
        }
    }

    @Test(
        "refuses what it cannot read with a status and an error body",
        arguments: [
            Refusal("nonsense\r\n\r\n", "400 Bad Request"),
            Refusal(
                "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
                "400 Bad Request"),
            Refusal("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n", "413 Content Too Large"),
            Refusal(
                "GET / HTTP/1.1\r\nHost: x\r\nX: \(String(repeating: "x", count: 70_000))\r\n\r\n",
                "431 Request Header Fields Too Large"),
        ])
    func refusals(_ refusal: Refusal) async throws {
        try await LocalServer.run { _, responder, _ in
            try? await responder.send(status: 200)
        } _: { server in
            let socket = try server.connect()
            try await socket.write(Array(refusal.request.utf8))
            socket.finishWriting()
            #expect(try await socket.readToEnd().hasPrefix("HTTP/1.1 \(refusal.status)\r\n"))
        }
    }

    @Test("closes a connection that sends nothing")
    func slowClient() async throws {
        try await LocalServer.run(idleLimit: .milliseconds(50)) { _, responder, _ in
            try? await responder.send(status: 200)
        } _: { server in
            let socket = try server.connect()
            #expect(try await socket.readToEnd() == "")
        }
    }

    @Test("takes chunked bodies and answers 100 where the client waits for it")
    func chunkedRequest() async throws {
        try await LocalServer.run { request, responder, _ in
            try? await responder.send(status: 200, body: request.body)
        } _: { server in
            let text = try await server.exchange(
                """
                POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\
                Connection: close\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: t\r\n\r\n
                """)
            #expect(
                text == """
                    HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nabcde
                    """)
        }
    }

    @Test("gives a 500 for a handler that returns without an answer")
    func forgetful() async throws {
        try await LocalServer.run { _, _, _ in
        } _: { server in
            let answer = try await server.client.send(HTTPRequest(method: "GET", path: "/"))
            #expect(answer.status == 500)
        }
    }

    @Test("serves many connections side by side")
    func many() async throws {
        try await LocalServer.run { request, responder, _ in
            try? await responder.send(status: 200, body: request.body)
        } _: { server in
            try await withThrowingTaskGroup { group in
                for number in 0..<200 {
                    group.addTask {
                        let body = [UInt8](repeating: UInt8(number), count: 10_000)
                        let answer = try await server.client.send(HTTPRequest(method: "PUT", path: "/", body: body))
                        #expect(try await answer.collect() == body)
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("lets no header value add a field")
    func headerInjection() async throws {
        try await LocalServer.run { _, responder, _ in
            try? await responder.send(status: 200, headers: ["X-A": "1\r\nX-B: 2"])
        } _: { server in
            let answer = try await server.client.send(HTTPRequest(method: "GET", path: "/"))
            #expect(answer.headers["X-B"] == nil)
            #expect(answer.headers["X-A"] == "1  X-B: 2")
        }
    }
}
