import Model
import Posix
import Testing

@testable import Router

extension RouterSuite {
    @Suite("Session affinity", .timeLimit(.minutes(1)))
    struct SessionTests {
        private static func named(_ name: String) throws -> Origin {
            try Origin.answering { _, _ in "HTTP/1.1 200 OK\r\nContent-Length: \(name.utf8.count)\r\n\r\n\(name)" }
        }

        private static func cookie(in head: String) -> String? {
            head.split(separator: "\r\n").first { $0.hasPrefix("Set-Cookie: heroku-session-affinity=") }.map {
                String($0.dropFirst("Set-Cookie: ".count))
            }
        }

        private static func ask(_ client: RawSocket, cookie: String? = nil) -> (head: String, body: String) {
            let field = cookie.map { "Cookie: theme=dark; \($0.prefix { $0 != ";" }); lang=en\r\n" } ?? ""
            client.send("GET / HTTP/1.1\r\nHost: X.localhost:8080\r\n\(field)\r\n")
            return client.readMessage()
        }

        @Test("sends a client back to the dyno that answered it first, by a cookie")
        func stays() async throws {
            let dynos = try ["web.1", "web.2", "web.3"].map { ($0, try Self.named($0)) }
            let router = try TestRouter()
            await router.route(.serving(dynos.map { $1.backend($0) }), keepsSessions: true)
            let client = try router.connect()
            let (head, body) = Self.ask(client)
            let cookie = try #require(Self.cookie(in: head))
            let parts = cookie.split(separator: "; ").map(String.init)
            #expect(parts.count == 7)
            #expect(parts[1] == "Version=1")
            #expect(parts[2].hasPrefix("Expires="))
            #expect(parts[3...] == ["Max-Age=86400", "Domain=x.localhost", "Path=/", "HttpOnly"])
            for _ in 0..<20 {
                let (head, again) = Self.ask(client, cookie: cookie)
                #expect(again == body)
                #expect(Self.cookie(in: head) == nil)
            }
        }

        @Test("gives the client a new dyno and a new cookie when its own is gone")
        func moves() async throws {
            let first = try Self.named("one")
            let second = try Self.named("two")
            let router = try TestRouter()
            await router.route(.serving([first.backend()]), keepsSessions: true)
            let client = try router.connect()
            let cookie = try #require(Self.cookie(in: Self.ask(client).head))
            await router.route(.serving([second.backend()]), keepsSessions: true)
            let (head, body) = Self.ask(client, cookie: cookie)
            #expect(body == "two")
            let newer = try #require(Self.cookie(in: head))
            #expect(newer.prefix { $0 != ";" } != cookie.prefix { $0 != ";" })
        }

        @Test("goes on to another dyno, with a new cookie, when the cookie's own refuses")
        func refused() async throws {
            let free = try TCPSocket.listen(address: "127.0.0.1", port: 0)
            let port = try TCPSocket.localPort(of: free)
            _ = consume free
            let origin = try Self.named("two")
            let dead = RoutingTable.Backend(
                id: DynoID(), name: "web.1", endpoint: .tcp(address: "127.0.0.1", port: port))
            let router = try TestRouter()
            await router.route(.serving([dead, origin.backend("web.2")]), keepsSessions: true)
            let client = try router.connect()
            let (head, body) = Self.ask(client, cookie: "heroku-session-affinity=\(dead.id)")
            #expect(body == "two")
            #expect(Self.cookie(in: head) != nil)
        }

        @Test("takes no notice of a cookie that it never wrote, and sets none while the feature is off")
        func foreign() async throws {
            let origin = try Self.named("one")
            let router = try TestRouter()
            await router.route(.serving([origin.backend()]), keepsSessions: true)
            let client = try router.connect()
            let answer = Self.ask(client, cookie: "heroku-session-affinity=../../etc/passwd")
            #expect(answer.body == "one")
            #expect(Self.cookie(in: answer.head) != nil)
            await router.route(.serving([origin.backend()]))
            #expect(Self.cookie(in: Self.ask(client).head) == nil)
        }
    }

    @Suite("A request that goes round in a circle", .timeLimit(.minutes(1)))
    struct CircleTests {
        @Test("is answered 508 when it has come through the router too often, and one that has not is passed on")
        func circle() async throws {
            let origin = try Origin.hello()
            let router = try TestRouter()
            await router.route(.serving([origin.backend()]))
            let client = try router.connect()
            let pass = "Via: 1.1 heroku-router\r\n"
            let joined = "Via: 1.1 heroku-router, 1.0 cache, 1.1 heroku-router\r\n"
            let start = "GET / HTTP/1.1\r\nHost: x.localhost\r\n"
            client.send(start + String(repeating: pass, count: 13) + joined + "\r\n")
            #expect(client.readMessage().body == "Hello, world!")
            _ = await router.line()
            client.send(start + String(repeating: pass, count: 14) + joined + "\r\n")
            #expect(client.readMessage().head.hasPrefix("HTTP/1.1 508 Loop Detected\r\n"))
            let line = await router.line()
            #expect(line.contains("code=H26 desc=\"Request Error\" cause=\"request loop\""))
            #expect(line.contains(" status=508 "))
        }
    }
}
