import Model
import Testing

@testable import Router

#if canImport(Glibc)
    internal import Glibc
#endif

extension RouterSuite {
    @Suite("A request", .timeLimit(.minutes(1)))
    struct ProxyTests {
        @Test("reaches the dyno of its host, and the answer comes back")
        func plain() async throws {
            let origin = try Origin.hello()
            let router = try TestRouter()
            await router.route(.serving([origin.backend()]))
            let answer = try router.get("/hello")
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(answer.hasSuffix("\r\n\r\nHello, world!"))
            let line = await router.line()
            #expect(
                try line.wholeMatch(
                    of: Regex(
                        "at=info method=GET path=\"/hello\" host=x.localhost"
                            + " request_id=[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
                            + " fwd=\"127.0.0.1\" dyno=web.1 connect=[0-9]+ms service=[0-9]+ms status=200 bytes=13"
                            + " protocol=http1.1 tls=false")) != nil, "\(line)")
        }

        @Test(
            "finds its app whatever the case, the port and a dot at the end",
            arguments: [
                "x.localhost", "X.LocalHost", "x.localhost:8080", "x.localhost.", "x.localhost.:80",
            ])
        func hosts(host: String) async throws {
            let origin = try Origin.hello()
            let router = try TestRouter()
            await router.route(.serving([origin.backend()]))
            #expect(try router.get(host: host).contains(" 200 OK"))
        }

        @Test("arrives with the headers that Heroku adds, and without those of one hop")
        func requestFields() async throws {
            let origin = try Origin.answering { head, _ in Origin.response(head) }
            let router = try TestRouter()
            await router.route(.serving([origin.backend()]))
            let answer = try router.get(
                "/",
                """
                Connection: X-Hop\r
                X-Hop: 1\r
                Keep-Alive: 5\r
                TE: trailers\r
                Proxy-Connection: keep-alive\r
                X-Forwarded-For: 1.2.3.4\r
                X-Forwarded-For: 5.6.7.8\r
                X-Forwarded-Proto: https\r
                X-Forwarded-Port: 443\r
                X-Request-Start: 1\r
                X-Request-Id: abcdefghij0123456789\r
                X-Kept: yes\r

                """)
            let fields = answer.split(separator: "\r\n").map(String.init).drop { !$0.hasPrefix("GET ") }
            #expect(fields.first == "GET / HTTP/1.1")
            #expect(fields.contains("Host: x.localhost"))
            #expect(fields.contains("X-Kept: yes"))
            #expect(fields.contains("X-Forwarded-For: 1.2.3.4, 5.6.7.8, 127.0.0.1"))
            #expect(fields.contains("X-Forwarded-Proto: http"))
            #expect(fields.contains("X-Forwarded-Port: \(router.port)"))
            #expect(fields.contains("X-Request-Id: abcdefghij0123456789"))
            #expect(fields.contains("Via: 1.1 heroku-router"))
            #expect(fields.filter { $0.hasPrefix("X-Forwarded-") }.count == 3)
            #expect(fields.filter { $0.wholeMatch(of: /X-Request-Start: 1[0-9]{12}/) != nil }.count == 1)
            for gone in ["X-Hop", "Keep-Alive", "TE", "Proxy-Connection", "Connection"] {
                #expect(!fields.contains { $0.hasPrefix(gone + ":") }, "\(gone)")
            }
            #expect(answer.contains("\r\nVia: 1.1 heroku-router\r\n"))
            #expect(answer.contains("\r\nConnection: close\r\n"))
        }

        @Test(
            "gets a new id when its own is not one that Heroku keeps",
            arguments: ["short", "spaces in here are not it"])
        func requestID(id: String) async throws {
            let origin = try Origin.answering { head, _ in Origin.response(head) }
            let router = try TestRouter()
            await router.route(.serving([origin.backend()]))
            let answer = try router.get("/", "X-Request-Id: \(id)\r\n")
            #expect(!answer.contains(id))
            #expect(answer.contains(/X-Request-Id: [0-9a-f-]{36}\r\n/))
        }

        @Test("shares connections on both sides with the next one")
        func keepAlive() async throws {
            let origin = try Origin.hello()
            let router = try TestRouter()
            await router.route(.serving([origin.backend()]))
            let client = try router.connect()
            for _ in 0..<5 {
                client.send("GET / HTTP/1.1\r\nHost: x.localhost\r\n\r\n")
                #expect(client.readMessage().body == "Hello, world!")
            }
            #expect(origin.connections == 1)
        }

        @Test("may follow another one at once; answers come in order")
        func pipelining() async throws {
            let origin = try Origin.answering { head, _ in Origin.response(String(head.split(separator: " ")[1])) }
            let router = try TestRouter()
            await router.route(.serving([origin.backend()]))
            let client = try router.connect()
            client.send(
                (0..<200).map { "GET /\($0) HTTP/1.1\r\nHost: x.localhost\r\nContent-Length: 3\r\n\r\nabc" }.joined())
            for number in 0..<200 { #expect(client.readMessage().body == "/\(number)") }
        }

        @Test("may come byte by byte")
        func slowly() async throws {
            let origin = try Origin.answering { _, body in Origin.response("got \(body)") }
            let router = try TestRouter()
            await router.route(.serving([origin.backend()]))
            let client = try router.connect()
            for byte in "POST / HTTP/1.1\r\nHost: x.localhost\r\nContent-Length: 5\r\n\r\nhello".utf8 {
                client.send([byte])
            }
            #expect(client.readMessage().body == "got hello")
        }

        @Test("of HTTP/1.0 is answered with chunks taken apart and a closed connection")
        func oldClient() async throws {
            let origin = try Origin.answering { _, _ in
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n7;x=y\r\n, world\r\n0\r\n\r\n"
            }
            let router = try TestRouter()
            await router.route(.serving([origin.backend()]))
            let answer = try router.exchange("GET / HTTP/1.0\r\nHost: x.localhost\r\n\r\n")
            #expect(answer.hasSuffix("\r\n\r\nhello, world"))
            #expect(!answer.lowercased().contains("transfer-encoding"))
            #expect(await router.line().contains("protocol=http1.0"))
        }

        @Test(
            "that is the last of its connection is answered whole, whatever the client sends after it",
            arguments: [0, 13, 3000, 60_000, 300_000])
        func lastRequest(size: Int) async throws {
            let body = String(repeating: "b", count: size)
            let origin = try Origin.answering { _, _ in Origin.response(body) }
            let router = try TestRouter()
            await router.route(.serving([origin.backend()]))
            for round in 0..<60 {
                let client = try router.connect()
                client.send("GET / HTTP/1.1\r\nHost: x.localhost\r\nConnection: close\r\n\r\n")
                // Before the router turns to it, meanwhile, after it, or never.
                if round % 3 > 0 { usleep(UInt32(round * round / 12)) }
                if round % 4 > 0 { client.send("GET /more HTTP/1.1\r\nHost: x.localhost\r\n\r\n") }
                let answer = client.readMessage()
                #expect(answer.head.contains("Connection: close\r\n"))
                #expect(answer.body.utf8.count == size)
                #expect(client.read(count: 1).isEmpty)
            }
        }

        @Test(
            "that is the last of its connection waits for what the client has not taken yet", arguments: [100, 13_900])
        func lastOfMany(size: Int) async throws {
            let origin = try Origin.answering { head, _ in
                Origin.response(String(repeating: "b", count: head.contains("/long") ? 200_000 : size))
            }
            let router = try TestRouter()
            await router.route(.serving([origin.backend()]))
            let client = try router.connect(receiveBuffer: 4096)
            client.send("GET /long HTTP/1.1\r\nHost: x.localhost\r\n\r\n")
            client.send("GET / HTTP/1.1\r\nHost: x.localhost\r\nConnection: close\r\n\r\n")
            usleep(100_000)
            client.send("GET /more HTTP/1.1\r\nHost: x.localhost\r\n\r\n")
            usleep(20_000)
            #expect(client.readMessage().body.utf8.count == 200_000)
            #expect(client.readMessage().body.utf8.count == size)
        }

        @Test(
            "whose client ends its side of the connection with it is answered",
            arguments: [0, 10, 30_000, 300_000, 3_000_000])
        func halfClosed(size: Int) async throws {
            let origin = try Origin.answering { _, body in
                usleep(20_000)
                return Origin.response("got \(body.utf8.count)")
            }
            let router = try TestRouter()
            await router.route(.serving([origin.backend()]))
            let body = String(repeating: "b", count: size)
            for round in 0..<30 {
                let client = try router.connect()
                client.send("POST / HTTP/1.1\r\nHost: x.localhost\r\nContent-Length: \(size)\r\n\r\n")
                client.send(body)
                if round % 2 > 0 { usleep(UInt32(round * 100)) }
                client.finishWriting()
                #expect(client.readMessage().body == "got \(size)")
            }
        }

        @Test("is no preface of HTTP/2 because its method begins like one", arguments: ["PRINT", "PRI", "PRIVMSG"])
        func likePreface(method: String) async throws {
            let origin = try Origin.answering { head, _ in Origin.response(head) }
            let router = try TestRouter()
            await router.route(.serving([origin.backend()]))
            let answer = try router.exchange("\(method) /p HTTP/1.1\r\nHost: x.localhost\r\nConnection: close\r\n\r\n")
            #expect(answer.contains("\(method) /p HTTP/1.1\r\n"))
        }

        @Test("in absolute form goes by the host in its target")
        func absoluteForm() async throws {
            let origin = try Origin.answering { head, _ in Origin.response(head) }
            let router = try TestRouter()
            await router.route(.serving([origin.backend()]))
            let answer = try router.exchange(
                "GET http://x.localhost/p?q HTTP/1.1\r\nHost: other\r\nConnection: close\r\n\r\n")
            #expect(answer.contains("GET /p?q HTTP/1.1\r\nHost: x.localhost\r\n"))
        }

        @Test("has its body passed on, with a length or in chunks", arguments: [1, 100, 70_000, 3_000_000])
        func bodies(size: Int) async throws {
            let origin = try Origin { socket in
                while true {
                    let head = socket.read(through: "\r\n\r\n")
                    guard !head.isEmpty else { return }
                    if head.contains("Transfer-Encoding: chunked") {
                        var total = 0
                        while true {
                            let line = socket.read(through: "\r\n")
                            let count = Int(line.dropLast(1), radix: 16) ?? 0
                            total += socket.read(count: count + 2).count - 2
                            if count == 0 { break }
                        }
                        socket.send(Origin.response("\(total)"))
                    } else {
                        let length = head.firstMatch(of: /Content-Length: ([0-9]+)/).flatMap { Int($0.1) } ?? 0
                        socket.send(Origin.response("\(socket.read(count: length).count)"))
                    }
                }
            }
            let router = try TestRouter()
            await router.route(.serving([origin.backend()]))
            let client = try router.connect()
            let body = String(repeating: "b", count: size)
            client.send("POST / HTTP/1.1\r\nHost: x.localhost\r\nContent-Length: \(size)\r\n\r\n" + body)
            #expect(client.readMessage().body == "\(size)")
            let half = body.prefix(size / 2)
            let rest = body.dropFirst(size / 2)
            let chunks = [String(half), String(rest)].filter { !$0.isEmpty }
                .map { "\(String($0.utf8.count, radix: 16))\r\n\($0)\r\n" }.joined()
            client.send("POST / HTTP/1.1\r\nHost: x.localhost\r\nTransfer-Encoding: chunked\r\n\r\n\(chunks)0\r\n\r\n")
            #expect(client.readMessage().body == "\(size)")
        }

        @Test("is told to go on when it expects that")
        func expectContinue() async throws {
            let origin = try Origin.answering { head, body in Origin.response(head.contains("xpect") ? "bad" : body) }
            let router = try TestRouter()
            await router.route(.serving([origin.backend()]))
            let client = try router.connect()
            client.send("POST / HTTP/1.1\r\nHost: x.localhost\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
            #expect(client.read(through: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
            client.send("hello")
            #expect(client.readMessage().body == "hello")
            let other = try router.get("/", "Expect: miracles\r\n")
            #expect(other.hasPrefix("HTTP/1.1 417 "))
            _ = await router.line()
            #expect(
                await router.line().hasPrefix(
                    "at=error code=H26 desc=\"Request Error\" cause=\"unsupported expect header value\" method=GET"))
        }

        @Test("for HEAD, or answered 204 or 304, has no body and keeps its connection")
        func bodiless() async throws {
            let origin = try Origin.answering { head, _ in
                if head.hasPrefix("HEAD") { return "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" }
                if head.contains("/none") { return "HTTP/1.1 204 No Content\r\n\r\n" }
                return "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"
            }
            let router = try TestRouter()
            await router.route(.serving([origin.backend()]))
            let client = try router.connect()
            for (request, status) in [("HEAD /", 200), ("GET /none", 204), ("GET /same", 304), ("HEAD /", 200)] {
                client.send("\(request) HTTP/1.1\r\nHost: x.localhost\r\n\r\n")
                #expect(client.read(through: "\r\n\r\n").hasPrefix("HTTP/1.1 \(status) "))
            }
            #expect(origin.connections == 1)
        }

        @Test("gets early hints passed on, but no 100 that it did not ask for")
        func interim() async throws {
            let origin = try Origin.answering { _, _ in
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
                    + Origin.response("done")
            }
            let router = try TestRouter()
            await router.route(.serving([origin.backend()]))
            let client = try router.connect()
            client.send("GET / HTTP/1.1\r\nHost: x.localhost\r\n\r\n")
            #expect(client.read(through: "\r\n\r\n").hasPrefix("HTTP/1.1 103 Early Hints\r\n"))
            #expect(client.readMessage().body == "done")
        }

        @Test("answered without a length ends with its connection")
        func untilClose() async throws {
            let origin = try Origin { socket in
                _ = socket.read(through: "\r\n\r\n")
                socket.send("HTTP/1.1 200 OK\r\n\r\nuntil the end")
            }
            let router = try TestRouter()
            await router.route(.serving([origin.backend()]))
            let answer = try router.exchange("GET / HTTP/1.1\r\nHost: x.localhost\r\n\r\n")
            #expect(answer.contains("\r\nConnection: close\r\n"))
            #expect(answer.hasSuffix("until the end"))
        }
    }
}
