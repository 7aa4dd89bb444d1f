import Model
import Posix
import Synchronization
import Testing

@testable import Router

#if canImport(Glibc)
    import Glibc
#endif

extension RouterSuite {
    @Suite("Dispatching", .timeLimit(.minutes(1)))
    struct DispatchTests {
        @Test("holds a request while the app starts, and answers it from the first dyno that is up")
        func held() async throws {
            let origin = try Origin.hello()
            let router = try TestRouter()
            await router.route(.starting)
            let client = try router.connect()
            client.send("GET / HTTP/1.1\r\nHost: x.localhost\r\n\r\n")
            await router.route(.starting)
            await router.route(.serving([origin.backend()]))
            #expect(client.readMessage().body == "Hello, world!")
        }

        @Test("answers a held request with the fault when the app crashes")
        func heldThenCrashed() async throws {
            let router = try TestRouter()
            await router.route(.starting)
            let client = try router.connect()
            client.send("GET / HTTP/1.1\r\nHost: x.localhost\r\n\r\n")
            await router.route(.refusing(.appCrashed))
            #expect(client.readMessage().head.hasPrefix("HTTP/1.1 503 "))
            #expect(await router.line().contains("code=H10"))
        }

        @Test("gives up on a held request after a while: H20")
        func bootTimeout() async throws {
            let router = try TestRouter { $0.held = .milliseconds(120) }
            await router.route(.starting)
            #expect(try router.get().hasPrefix("HTTP/1.1 503 "))
            #expect(
                await router.line().hasPrefix(
                    "at=error code=H20 desc=\"App boot timeout\" method=GET path=\"/\" host=x.localhost"))
        }

        @Test("wakes a sleeping app once, however many wait for it")
        func wakes() async throws {
            let origin = try Origin.hello()
            let router = try TestRouter()
            await router.route(.asleep)
            let clients = try (0..<5).map { _ in try router.connect() }
            for client in clients { client.send("GET / HTTP/1.1\r\nHost: x.localhost\r\n\r\n") }
            #expect(await router.wake() == router.app)
            await router.route(.starting)
            await router.route(.serving([origin.backend()]))
            for client in clients { #expect(client.readMessage().body == "Hello, world!") }
            #expect(router.wakeCount == 1)
        }

        @Test("holds only so many requests: H11")
        func heldLimit() async throws {
            let router = try TestRouter { $0.heldLimit = 2 }
            await router.route(.starting)
            let waiting = try (0..<2).map { _ in try router.connect() }
            for client in waiting { client.send("GET / HTTP/1.1\r\nHost: x.localhost\r\n\r\n") }
            // One loop reads in the order of arrival, so that by now both are held.
            await router.route(.starting)
            await router.route(.starting)
            #expect(try router.get().hasPrefix("HTTP/1.1 503 "))
            #expect(await router.line().contains("code=H11 desc=\"Backlog too deep\""))
            withExtendedLifetime(waiting) {}
        }

        @Test("goes on to another dyno when one refuses")
        func anotherDyno() async throws {
            let origin = try Origin.hello()
            let free = try TCPSocket.listen(address: "127.0.0.1", port: 0)
            let port = try TCPSocket.localPort(of: free)
            _ = consume free
            let router = try TestRouter()
            let dead = (2..<6).map {
                RoutingTable.Backend(
                    id: DynoID(), name: "web.\($0)", endpoint: .tcp(address: "127.0.0.1", port: port))
            }
            await router.route(.serving(dead + [origin.backend()]))
            for _ in 0..<20 { #expect(try router.get().hasSuffix("Hello, world!")) }
        }

        @Test("spreads requests over all dynos")
        func spreads() async throws {
            let origins = try (1...3).map { number in try Origin.answering { _, _ in Origin.response("\(number)") } }
            let router = try TestRouter()
            await router.route(.serving(origins.map { $0.backend() }))
            var counts: [Character: Int] = [:]
            for _ in 0..<90 { counts[try #require(try router.get().last), default: 0] += 1 }
            for number in "123" { #expect(counts[number, default: 0] > 8, "\(counts)") }
        }

        @Test("prefers the dyno with fewer requests in flight")
        func prefersIdle() async throws {
            let (asked, hasAsked) = AsyncStream<Void>.makeStream()
            let slow = try Origin { socket in
                _ = socket.read(through: "\r\n\r\n")
                hasAsked.finish()
                _ = socket.readAll()
            }
            let quick = try Origin.hello()
            let router = try TestRouter()
            await router.route(.serving([slow.backend("web.1")]))
            let waiting = try router.connect()
            waiting.send("GET / HTTP/1.1\r\nHost: x.localhost\r\n\r\n")
            for await _ in asked {}
            await router.route(.serving([slow.backend("web.1"), quick.backend("web.2")]))
            for _ in 0..<20 { #expect(try router.get().hasSuffix("Hello, world!")) }
            #expect(slow.connections == 1)
        }

        @Test("tries a kept connection's request again when it turns out to be closed")
        func staleConnection() async throws {
            let origin = try Origin { socket in
                guard !socket.read(through: "\r\n\r\n").isEmpty else { return }
                socket.send(Origin.response("one"))
                // The next request on this connection is read and never answered.
                _ = socket.read(through: "\r\n\r\n")
                socket.resetOnClose()
            }
            let router = try TestRouter()
            await router.route(.serving([origin.backend()]))
            let client = try router.connect()
            for _ in 0..<6 {
                client.send("GET / HTTP/1.1\r\nHost: x.localhost\r\n\r\n")
                #expect(client.readMessage().body == "one")
            }
        }

        @Test(
            "gives a request that does something to one dyno only, though that closes without an answer",
            arguments: ["POST", "PATCH", "FETCHMAIL"])
        func onlyOnce(_ method: String) async throws {
            let given = Atomic(0)
            let origin = try Origin { socket in
                while true {
                    let (head, _) = socket.readMessage()
                    guard head.hasPrefix("GET") else {
                        if !head.isEmpty { given.add(1, ordering: .relaxed) }
                        return
                    }
                    socket.send(Origin.response("one"))
                }
            }
            let router = try TestRouter()
            await router.route(.serving([origin.backend()]))
            let client = try router.connect()
            client.send("GET / HTTP/1.1\r\nHost: x.localhost\r\n\r\n")
            #expect(client.readMessage().body == "one")
            client.send("\(method) / HTTP/1.1\r\nHost: x.localhost\r\nContent-Length: 2\r\n\r\nhi")
            #expect(client.readMessage().head.hasPrefix("HTTP/1.1 503 "))
            #expect(given.load(ordering: .relaxed) == 1)
            _ = await router.line()
            #expect(await router.line().hasPrefix("at=error code=H13 "))
        }

        @Test("finds a dyno's connection that has been closed before it gives it such a request")
        func closedBefore() async throws {
            let isClosing = Atomic(false)
            let origin = try Origin { socket in
                let (head, body) = socket.readMessage()
                guard !head.isEmpty else { return }
                socket.send(Origin.response("got \(body)"))
                while !isClosing.load(ordering: .relaxed) { usleep(1000) }
            }
            let router = try TestRouter()
            await router.route(.serving([origin.backend()]))
            let client = try router.connect()
            for _ in 0..<5 {
                isClosing.store(false, ordering: .relaxed)
                client.send("POST / HTTP/1.1\r\nHost: x.localhost\r\nContent-Length: 2\r\n\r\nhi")
                #expect(client.readMessage().body == "got hi")
                // The router hears of the next request first, and then of the end.
                router.onLoop { usleep(200_000) }
                usleep(20_000)
                client.send("POST / HTTP/1.1\r\nHost: x.localhost\r\nContent-Length: 2\r\n\r\nho")
                usleep(20_000)
                isClosing.store(true, ordering: .relaxed)
                #expect(client.readMessage().body == "got ho")
            }
        }

        @Test("never sends a request twice whose body could not be kept")
        func noReplay() async throws {
            let origin = try Origin { socket in
                guard !socket.read(through: "\r\n\r\n").isEmpty else { return }
                socket.send(Origin.response("one"))
                _ = socket.read(through: "\r\n\r\n")
                _ = socket.readSome()
            }
            let router = try TestRouter()
            await router.route(.serving([origin.backend()]))
            let client = try router.connect()
            client.send("GET / HTTP/1.1\r\nHost: x.localhost\r\n\r\n")
            #expect(client.readMessage().body == "one")
            client.send("POST / HTTP/1.1\r\nHost: x.localhost\r\nContent-Length: 10\r\n\r\n")
            client.send("01234")
            #expect(client.readMessage().head.hasPrefix("HTTP/1.1 503 "))
            #expect(origin.connections == 1)
        }

        @Test("lets requests finish on a dyno that has left the table, and says when it is free")
        func drains() async throws {
            let (asked, hasAsked) = AsyncStream<Void>.makeStream()
            let go = Gate()
            let old = try Origin { socket in
                _ = socket.read(through: "\r\n\r\n")
                hasAsked.finish()
                go.wait()
                socket.send(Origin.response("old"))
                _ = socket.readAll()
            }
            let new = try Origin.answering { _, _ in Origin.response("new") }
            let router = try TestRouter()
            await router.route(.serving([old.backend()]))
            let client = try router.connect()
            client.send("GET / HTTP/1.1\r\nHost: x.localhost\r\n\r\n")
            for await _ in asked {}
            await router.route(.serving([new.backend()]))
            #expect(try router.get().hasSuffix("new"))
            async let drained: Void = router.drain([old.id])
            go.open()
            #expect(client.readMessage().body == "old")
            await drained
            client.send("GET / HTTP/1.1\r\nHost: x.localhost\r\n\r\n")
            #expect(client.readMessage().body == "new")
        }

        @Test("closes the idle connections of a dyno that has left the table")
        func closesIdle() async throws {
            let (ended, hasEnded) = AsyncStream<Void>.makeStream()
            let origin = try Origin { socket in
                _ = socket.read(through: "\r\n\r\n")
                socket.send(Origin.response("one"))
                _ = socket.readAll()
                hasEnded.finish()
            }
            let router = try TestRouter()
            await router.route(.serving([origin.backend()]))
            let client = try router.connect()
            client.send("GET / HTTP/1.1\r\nHost: x.localhost\r\n\r\n")
            #expect(client.readMessage().body == "one")
            await router.route(.refusing(.noWebProcesses))
            for await _ in ended {}
        }

        @Test("reaches the platform's own server on a Unix socket with a long path, without an access line")
        func unixEndpoint() async throws {
            let folder = try Scratch(name: "router-" + String(repeating: "long", count: 20))
            let path = folder.path + "/api.sock"
            let listener = try UnixSocket.listen(at: path)
            let raw = try listener.duplicate().release()
            startThread(named: "test-api") {
                let owned = Descriptor(owning: raw)
                guard let connection = acceptOne(owned.raw) else { return }
                let socket = RawSocket(owning: connection)
                _ = socket.read(through: "\r\n\r\n")
                socket.send(Origin.response("api"))
                _ = socket.readAll()
            }
            let router = try TestRouter()
            let backend = RoutingTable.Backend(id: DynoID(), name: "", endpoint: .unix(path: path))
            await router.route(
                .refusing(.noWebProcesses), more: ["api.localhost": .init(app: nil, state: .serving([backend]))])
            #expect(try router.get(host: "api.localhost").hasSuffix("api"))
            _ = try router.get()
            // The first line is the app's: the platform's request has left none.
            #expect(await router.line().contains("host=x.localhost"))
        }
    }
}
