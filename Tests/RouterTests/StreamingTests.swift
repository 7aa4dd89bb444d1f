import Model
import Posix
import Testing

@testable import Router

extension RouterSuite {
    @Suite("Streaming", .timeLimit(.minutes(1)))
    struct StreamingTests {
        @Test("1xx heads come on without what speaks of the dyno's connection or a body, and 204 without a length")
        func interimFields() async throws {
            let origin = try Origin.answering { _, _ in
                "HTTP/1.1 103 Early Hints\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: 5\r\n"
                    + "Transfer-Encoding: chunked\r\nLink: </a.css>\r\n\r\n"
                    + "HTTP/1.1 103 Early Hints\r\nContent-Length: 0\r\nLink: </b.css>\r\n\r\n"
                    + "HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n\r\n"
            }
            let router = try TestRouter()
            await router.route(.serving([origin.backend()]))
            let client = try router.connect()
            client.send("GET / HTTP/1.1\r\nHost: x.localhost\r\n\r\n")
            #expect(client.read(through: "\r\n\r\n") == "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n")
            #expect(client.read(through: "\r\n\r\n") == "HTTP/1.1 103 Early Hints\r\nLink: </b.css>\r\n\r\n")
            let head = client.read(through: "\r\n\r\n")
            #expect(head.hasPrefix("HTTP/1.1 204 No Content\r\n") && !head.contains("Length"), "\(head)")
        }

        @Test("passes each part of a response on as it comes")
        func parts() async throws {
            let go = Gate()
            let origin = try Origin { socket in
                _ = socket.read(through: "\r\n\r\n")
                socket.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n")
                go.wait()
                socket.send("4\r\nlast\r\n0\r\n\r\n")
            }
            let router = try TestRouter()
            await router.route(.serving([origin.backend()]))
            let client = try router.connect()
            client.send("GET / HTTP/1.1\r\nHost: x.localhost\r\n\r\n")
            #expect(client.read(through: "first").contains("Transfer-Encoding: chunked"))
            go.open()
            #expect(client.read(through: "0\r\n\r\n").contains("last"))
        }

        @Test("works in both directions at once")
        func both() async throws {
            let origin = try Origin { socket in
                _ = socket.read(through: "\r\n\r\n")
                socket.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                while true {
                    let size = socket.read(through: "\r\n")
                    guard let count = Int(size.dropLast(1), radix: 16), count > 0 else { break }
                    socket.send(size + String(decoding: socket.read(count: count + 2), as: UTF8.self))
                }
                socket.send("0\r\n\r\n")
            }
            let router = try TestRouter()
            await router.route(.serving([origin.backend()]))
            let client = try router.connect()
            client.send("POST / HTTP/1.1\r\nHost: x.localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
            _ = client.read(through: "\r\n\r\n")
            for number in 0..<50 {
                client.send("4\r\n\(1000 + number)\r\n")
                #expect(client.read(through: "\(1000 + number)\r\n").hasSuffix("\(1000 + number)\r\n"))
            }
            client.send("0\r\n\r\n")
            #expect(client.read(through: "0\r\n\r\n") == "0\r\n\r\n")
        }

        @Test("waits for a client that reads slowly, and loses nothing", arguments: [1_000_000, 5_000_000])
        func slowReader(size: Int) async throws {
            let pattern = (0..<251).map { UInt8($0) }
            let origin = try Origin { socket in
                _ = socket.read(through: "\r\n\r\n")
                socket.send("HTTP/1.1 200 OK\r\nContent-Length: \(size)\r\n\r\n")
                var bytes: [UInt8] = []
                while bytes.count < size { bytes += pattern }
                socket.send(Array(bytes[..<size]))
                _ = socket.readAll()
            }
            let router = try TestRouter()
            await router.route(.serving([origin.backend()]))
            let client = try router.connect(receiveBuffer: 4096)
            client.send("GET / HTTP/1.1\r\nHost: x.localhost\r\n\r\n")
            _ = client.read(through: "\r\n\r\n")
            // Another request is not held up meanwhile.
            #expect(try router.get(host: "nosuch.localhost").hasPrefix("HTTP/1.1 404"))
            let bytes = client.read(count: size)
            #expect(bytes.count == size)
            let isIntact = bytes.indices.allSatisfy { bytes[$0] == pattern[$0 % 251] }
            #expect(isIntact)
            #expect(await router.line().contains("bytes=\(size) "))
        }

        @Test("gives an early answer to a client that is still sending, then ends the connection")
        func earlyAnswer() async throws {
            let origin = try Origin { socket in
                _ = socket.read(through: "\r\n\r\n")
                socket.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig")
            }
            let router = try TestRouter()
            await router.route(.serving([origin.backend()]))
            let client = try router.connect()
            client.send("POST / HTTP/1.1\r\nHost: x.localhost\r\nContent-Length: 100000000\r\n\r\n")
            client.send([UInt8](repeating: 0x61, count: 300_000))
            let (head, body) = client.readMessage()
            #expect(head.hasPrefix("HTTP/1.1 413 "))
            #expect(head.contains("Connection: close"))
            #expect(body == "big")
            #expect(await router.line().contains("status=413"))
        }

        @Test("becomes a tunnel after 101, both ways, until both have finished")
        func tunnel() async throws {
            let origin = try Origin { socket in
                let head = socket.read(through: "\r\n\r\n")
                guard head.contains("Connection: Upgrade\r\nUpgrade: websocket\r\n") else { return }
                socket.send(
                    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nwelcome\n")
                while true {
                    let line = socket.read(through: "\n")
                    guard !line.isEmpty else { break }
                    socket.send("echo " + line)
                }
                socket.send("bye\n")
            }
            let router = try TestRouter()
            await router.route(.serving([origin.backend()]))
            let client = try router.connect()
            client.send(
                "GET /chat HTTP/1.1\r\nHost: x.localhost\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Key: abc\r\n\r\nearly\n")
            let head = client.read(through: "\r\n\r\n")
            #expect(head.hasPrefix("HTTP/1.1 101 Switching Protocols\r\n"))
            #expect(head.contains("\r\nUpgrade: websocket\r\n"))
            #expect(head.contains("\r\nConnection: Upgrade\r\n"))
            #expect(client.read(through: "\n") == "welcome\n")
            #expect(client.read(through: "\n") == "echo early\n")
            let long = String(repeating: "x", count: 2_000_000)
            for text in ["one", "two", long] {
                client.send(text + "\n")
                #expect(client.read(through: "\n") == "echo \(text)\n")
            }
            client.finishWriting()
            #expect(client.readAll() == "bye\n")
            #expect(await router.line().contains("path=\"/chat\" host=x.localhost"))
        }

        @Test("of a client that hurries ahead leaves the router's memory alone")
        func fastWriter() async throws {
            let go = Gate()
            let origin = try Origin { socket in
                _ = socket.read(through: "\r\n\r\n")
                go.wait()
                socket.send(Origin.response("\(socket.read(count: 30_000_000).count)"))
            }
            let router = try TestRouter()
            await router.route(.serving([origin.backend()]))
            let client = try router.connect()
            client.send("POST / HTTP/1.1\r\nHost: x.localhost\r\nContent-Length: 30000000\r\n\r\n")
            let sender = Gate()
            startThread(named: "test-sender") {
                client.send([UInt8](repeating: 0x61, count: 30_000_000))
                sender.open()
            }
            go.open()
            sender.wait()
            #expect(client.readMessage().body == "30000000")
        }

        @Test("stops taking connections and finishes what is in flight when told to stop")
        func graceful() async throws {
            let (asked, hasAsked) = AsyncStream<Void>.makeStream()
            let go = Gate()
            let origin = try Origin { socket in
                _ = socket.read(through: "\r\n\r\n")
                hasAsked.finish()
                go.wait()
                socket.send(Origin.response("finished"))
            }
            let router = try TestRouter { $0.grace = .seconds(5) }
            await router.route(.serving([origin.backend()]))
            let idle = try router.connect()
            let client = try router.connect()
            client.send("GET / HTTP/1.1\r\nHost: x.localhost\r\n\r\n")
            for await _ in asked {}
            router.stop()
            #expect(idle.readAll().isEmpty)
            go.open()
            let answer = client.readAll()
            #expect(answer.contains("\r\nConnection: close\r\n"))
            #expect(answer.hasSuffix("finished"))
        }
    }
}
