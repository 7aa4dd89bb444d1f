import Model
import Posix
import Testing

@testable import Router

extension RouterSuite {
    @Suite("A fault", .timeLimit(.minutes(1)))
    struct FaultTests {
        @Test(
            "that the table knows is answered with its page, its status and its line",
            arguments: [
                (
                    RouterFault.appCrashed, 503,
                    "at=error code=H10 desc=\"App crashed\" method=GET path=\"/\" host=x.localhost"
                ),
                (.noWebProcesses, 503, "at=error code=H14 desc=\"No web processes running\" method=GET"),
                (.maintenanceMode, 503, "at=info code=H80 desc=\"Maintenance mode\" method=GET"),
                (.blankApp, 502, "at=info code=H81 desc=\"Blank app\" method=GET"),
            ])
        func refusing(fault: RouterFault, status: Int, start: String) async throws {
            let router = try TestRouter()
            await router.route(.refusing(fault))
            let client = try router.connect()
            client.send("GET / HTTP/1.1\r\nHost: x.localhost\r\n\r\n")
            let (head, body) = client.readMessage()
            #expect(head.hasPrefix("HTTP/1.1 \(status) "))
            #expect(head.contains("\r\nCache-Control: no-cache, no-store\r\n"))
            #expect(body.contains(fault.rawValue))
            #expect(!body.contains("iframe"))
            let line = await router.line()
            #expect(line.hasPrefix(start), "\(line)")
            #expect(
                line.hasSuffix("dyno= connect= service= status=\(status) bytes= protocol=http1.1 tls=false"), "\(line)")
            // The connection is still good.
            client.send("HEAD / HTTP/1.1\r\nHost: x.localhost\r\nConnection: close\r\n\r\n")
            #expect(client.readAll().hasSuffix("\r\n\r\n"))
        }

        @Test("page says Heroku's words and what to type")
        func page() async throws {
            let router = try TestRouter()
            await router.route(.refusing(.appCrashed))
            let answer = try router.get()
            #expect(answer.contains("<title>Application Error</title>"))
            #expect(answer.contains("An error occurred in the application and your page could not be served."))
            #expect(answer.contains("<code>paas logs --tail -a x</code>"))
        }

        @Test("no app has the host: the page lists the apps for local names only")
        func unknownHost() async throws {
            let router = try TestRouter()
            await router.route(.starting, appNames: ["zebra", "ant"])
            for host in ["nosuch.localhost", "localhost", "127.0.0.1", "127.3.2.1:80", "[::1]:8080"] {
                let answer = try router.get(host: host)
                #expect(answer.hasPrefix("HTTP/1.1 404 "), "\(host)")
                #expect(answer.contains("<a href=\"http://ant.localhost:\(router.port)/\">ant</a>"), "\(host)")
            }
            #expect(try router.get(host: "nosuch.localhost").contains("<code>paas create nosuch</code>"))
            for host in ["evil.example.com", "localhost.example.com", "127.0.0.1.example.com", "1.2.3.4", ""] {
                let answer = try router.get(host: host)
                #expect(answer.hasPrefix("HTTP/1.1 404 "), "\(host)")
                #expect(!answer.contains("zebra"), "\(host)")
                let command = host.contains("example") ? "paas domains:add \(host) -a NAME" : "paas create NAME"
                #expect(answer.contains("<code>\(command)</code>"), "\(host)")
            }
        }

        @Test("H13: the dyno closes without a response")
        func closedWithoutResponse() async throws {
            let origin = try Origin { socket in _ = socket.read(through: "\r\n\r\n") }
            let router = try TestRouter()
            await router.route(.serving([origin.backend()]))
            #expect(try router.get().hasPrefix("HTTP/1.1 503 "))
            let line = await router.line()
            #expect(line.hasPrefix("at=error code=H13 desc=\"Connection closed without response\" method=GET"))
            #expect(line.contains(#/ dyno=web\.1 connect=[0-9]+ms service=[0-9]+ms status=503 bytes=0 /#))
        }

        @Test(
            "H18: the dyno goes in the middle of a response, and the client can tell",
            arguments: [
                "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nparts and more",
            ])
        func interrupted(part: String) async throws {
            let origin = try Origin { socket in
                _ = socket.read(through: "\r\n\r\n")
                socket.send(part)
            }
            let router = try TestRouter()
            await router.route(.serving([origin.backend()]))
            let answer = try router.get()
            #expect(!answer.hasSuffix("0\r\n\r\n"))
            let line = await router.line()
            #expect(
                line.hasPrefix("at=error code=H18 desc=\"Server Request Interrupted\" sock=backend method=GET")
                    || line.hasPrefix("at=error code=H17 desc=\"Poorly formatted HTTP response\" method=GET"), "\(line)"
            )
            #expect(line.contains(" status=503 "))
        }

        @Test(
            "H17 and H25: the response breaks the rules",
            arguments: [
                ("garbage\r\n\r\n", "H17", 503), ("HTTP/1.1 200 OK\r\nA : b\r\n\r\n", "H17", 503),
                ("HTTP/1.1 101 Switching Protocols\r\n\r\n", "H17", 503),
                ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "H17", 503),
                (
                    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                    "H25 desc=\"HTTP restriction: invalid content length\"", 502
                ),
                (
                    "HTTP/1.1 200 OK\r\nSet-Cookie: a=\(String(repeating: "b", count: 8300))\r\n\r\n",
                    "H25 desc=\"HTTP restriction: oversized cookie\"", 502
                ),
                (
                    "HTTP/1.1 200 \(String(repeating: "b", count: 8300))\r\n\r\n",
                    "H25 desc=\"HTTP restriction: oversized status line\"", 502
                ),
                (
                    "HTTP/1.1 200 OK\r\nX: \(String(repeating: "b", count: 600_000))\r\n\r\n",
                    "H25 desc=\"HTTP restriction: oversized header\"", 502
                ),
            ])
        func broken(response: String, code: String, status: Int) async throws {
            let origin = try Origin { socket in
                _ = socket.read(through: "\r\n\r\n")
                socket.send(response)
                _ = socket.readAll()
            }
            let router = try TestRouter()
            await router.route(.serving([origin.backend()]))
            #expect(try router.get().hasPrefix("HTTP/1.1 \(status) "))
            let line = await router.line()
            #expect(line.contains("code=\(code)"), "\(line)")
        }

        @Test("H12: no first byte in time")
        func requestTimeout() async throws {
            let origin = try Origin { socket in _ = socket.readAll() }
            let router = try TestRouter { $0.firstByte = .milliseconds(150) }
            await router.route(.serving([origin.backend()]))
            #expect(try router.get().hasPrefix("HTTP/1.1 503 "))
            let line = await router.line()
            #expect(line.hasPrefix("at=error code=H12 desc=\"Request timeout\" method=GET"))
            #expect(line.contains(#/ service=1[5-9][0-9]ms status=503 bytes=0 /#), "\(line)")
        }

        @Test("H15: silence in the middle of a response")
        func idleConnection() async throws {
            let origin = try Origin { socket in
                _ = socket.read(through: "\r\n\r\n")
                socket.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart")
                _ = socket.readAll()
            }
            let router = try TestRouter { $0.silence = .milliseconds(150) }
            await router.route(.serving([origin.backend()]))
            #expect(try router.get().hasSuffix("part"))
            #expect(await router.line().hasPrefix("at=error code=H15 desc=\"Idle connection\" method=GET"))
        }

        @Test("H28: silence in the middle of a request")
        func clientIdle() async throws {
            let origin = try Origin { socket in _ = socket.readAll() }
            let router = try TestRouter { $0.silence = .milliseconds(150) }
            await router.route(.serving([origin.backend()]))
            let answer = try router.exchange("POST / HTTP/1.1\r\nHost: x.localhost\r\nContent-Length: 9\r\n\r\npart")
            #expect(answer.isEmpty)
            let line = await router.line()
            #expect(line.hasPrefix("at=warning code=H28 desc=\"Client Connection Idle\" method=POST"), "\(line)")
            #expect(line.contains(" status=499 "))
        }

        @Test("H27: the client leaves before its answer")
        func clientLeft() async throws {
            let (asked, hasAsked) = AsyncStream<Void>.makeStream()
            let (closed, hasClosed) = AsyncStream<Void>.makeStream()
            let origin = try Origin { socket in
                _ = socket.read(through: "\r\n\r\n")
                hasAsked.finish()
                _ = socket.readAll()
                hasClosed.finish()
            }
            let router = try TestRouter()
            await router.route(.serving([origin.backend()]))
            do {
                let client = try router.connect()
                client.send("GET /slow HTTP/1.1\r\nHost: x.localhost\r\n\r\n")
                for await _ in asked {}
                // At once, it would be the end of its request.
                try await Task.sleep(for: .milliseconds(200))
                client.finishWriting()
                #expect(client.readAll().isEmpty)
            }
            for await _ in closed {}
            let line = await router.line()
            #expect(
                line.hasPrefix("at=warning code=H27 desc=\"Client Request Interrupted\" sock=client method=GET"),
                "\(line)")
            #expect(line.contains(" status=499 "))
        }

        @Test("H26: a chunk of the request is malformed")
        func badChunk() async throws {
            let origin = try Origin { socket in _ = socket.readAll() }
            let router = try TestRouter()
            await router.route(.serving([origin.backend()]))
            let head = "POST / HTTP/1.1\r\nHost: x.localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
            #expect(try router.exchange(head + "nonsense\r\n").hasPrefix("HTTP/1.1 400 "))
            #expect(
                await router.line().hasPrefix(
                    "at=error code=H26 desc=\"Request Error\" cause=\"bad chunk\" method=POST"))
        }

        @Test(
            "a request that breaks the rules is answered and its connection closed",
            arguments: [
                ("GET / HTTP/1.1\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
                ("GET /\(String(repeating: "a", count: 9000)) HTTP/1.1\r\nHost: a\r\n\r\n", 414),
                ("GET / HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "a", count: 9000))\r\n\r\n", 431),
                ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505), ("GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
                ("CONNECT x.localhost:1 HTTP/1.1\r\nHost: x.localhost\r\n\r\n", 405),
                ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
            ])
        func badRequest(text: String, status: Int) async throws {
            let router = try TestRouter()
            await router.route(.starting)
            #expect(try router.exchange(text).hasPrefix("HTTP/1.1 \(status) "))
        }

        @Test("a head that does not get finished is answered 408, and an idle connection is closed")
        func slowHead() async throws {
            let router = try TestRouter { $0.clientIdle = .milliseconds(100) }
            await router.route(.starting)
            #expect(try router.exchange("GET / HTTP/1.1\r\nHost:").hasPrefix("HTTP/1.1 408 "))
            #expect(try router.exchange("").isEmpty)
        }

        @Test("H21: nobody listens at the dyno's port")
        func refused() async throws {
            let free = try TCPSocket.listen(address: "127.0.0.1", port: 0)
            let port = try TCPSocket.localPort(of: free)
            _ = consume free
            let router = try TestRouter()
            await router.route(
                .serving([.init(id: DynoID(), name: "web.1", endpoint: .tcp(address: "127.0.0.1", port: port))]))
            #expect(try router.get().hasPrefix("HTTP/1.1 503 "))
            let line = await router.line()
            #expect(line.hasPrefix("at=error code=H21 desc=\"Backend connection refused\" method=GET"), "\(line)")
            #expect(line.contains(#/ dyno=web\.1 connect=[0-9]+ms service= status=503 /#), "\(line)")
        }

        @Test("H19: the dyno's port does not answer")
        func connectTimeout() async throws {
            // A listener with a backlog of one that nobody accepts from: the third connection is not answered.
            let full = try TCPSocket.listen(address: "127.0.0.1", port: 0, backlog: 0)
            let port = try TCPSocket.localPort(of: full)
            let fillers = try (0..<1).map { _ in try RawSocket(port: port) }
            let router = try TestRouter { $0.connect = .milliseconds(200) }
            await router.route(
                .serving([.init(id: DynoID(), name: "web.1", endpoint: .tcp(address: "127.0.0.1", port: port))]))
            #expect(try router.get().hasPrefix("HTTP/1.1 503 "))
            let line = await router.line()
            #expect(line.hasPrefix("at=error code=H19 desc=\"Backend connection timeout\" method=GET"), "\(line)")
            #expect(line.contains(#/ connect=2[0-9]{2}ms service= status=503 /#), "\(line)")
            withExtendedLifetime((fillers, full.raw)) {}
        }

        @Test("quotes and control bytes in a path cannot forge a field of the line")
        func escaping() async throws {
            let router = try TestRouter()
            await router.route(.refusing(.noWebProcesses))
            _ = try router.get("/a\"b\\c", "X-Forwarded-For: \"evil\" x\r\n")
            let line = await router.line()
            #expect(line.contains(#" path="/a\"b\\c" host=x.localhost "#), "\(line)")
            #expect(line.contains(#" fwd="\"evil\" x, 127.0.0.1" "#), "\(line)")
        }
    }
}
