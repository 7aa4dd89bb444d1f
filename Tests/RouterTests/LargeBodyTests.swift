import Model
import Posix
import Testing

@testable import Router

extension RouterSuite {
    /// Bodies that go through pipes of the kernel, and the same bodies copied where there are none.
    @Suite("A large body", .timeLimit(.minutes(1)))
    struct LargeBodyTests {
        private static let size = 6_000_000
        private static let pattern: [UInt8] = {
            var bytes: [UInt8] = []
            while bytes.count < size { bytes += 0..<251 }
            return Array(bytes[..<size])
        }()

        private static func isIntact(_ bytes: [UInt8]) -> Bool { bytes == pattern }

        private static func head(_ size: Int = size) -> String {
            "HTTP/1.1 200 OK\r\nContent-Length: \(size)\r\n\r\n"
        }

        private static let question = "GET / HTTP/1.1\r\nHost: x.localhost\r\n\r\n"

        private static func upload(_ size: Int = size) -> String {
            "POST / HTTP/1.1\r\nHost: x.localhost\r\nContent-Length: \(size)\r\n\r\n"
        }

        private static func router(_ pipes: Int, to origin: Origin) async throws -> TestRouter {
            let router = try TestRouter { $0.pipeLimit = pipes }
            await router.route(.serving([origin.backend()]))
            return router
        }

        @Test(
            "arrives whole, time and again on the same two connections, and its bytes are counted", arguments: [0, 64])
        func download(pipes: Int) async throws {
            let origin = try Origin { socket in
                while !socket.read(through: "\r\n\r\n").isEmpty {
                    socket.send(Self.head())
                    socket.send(Self.pattern)
                }
            }
            let router = try await Self.router(pipes, to: origin)
            let client = try router.connect()
            for _ in 0..<3 {
                client.send(Self.question)
                _ = client.read(through: "\r\n\r\n")
                #expect(Self.isIntact(client.read(count: Self.size)))
                #expect(await router.line().contains(" status=200 bytes=\(Self.size) "))
            }
            #expect(origin.connections == 1)
        }

        @Test("of a request arrives whole, and the request behind it is answered too", arguments: [0, 64])
        func uploaded(pipes: Int) async throws {
            let origin = try Origin { socket in
                while true {
                    let head = socket.read(through: "\r\n\r\n")
                    if head.isEmpty { return }
                    let isIntact = head.hasPrefix("POST") ? Self.isIntact(socket.read(count: Self.size)) : true
                    socket.send(Origin.response("\(head.prefix(4))\(isIntact)"))
                }
            }
            let router = try await Self.router(pipes, to: origin)
            let client = try router.connect()
            for _ in 0..<2 {
                client.send(Self.upload())
                client.send(Self.pattern + Array(Self.question.utf8))
                #expect(client.readMessage().body == "POSTtrue")
                #expect(client.readMessage().body == "GET true")
            }
        }

        @Test("waits for clients that do not read, more of them than there are pipes", arguments: [0, 1, 64])
        func slowReaders(pipes: Int) async throws {
            let origin = try Origin { socket in
                while !socket.read(through: "\r\n\r\n").isEmpty {
                    socket.send(Self.head())
                    socket.send(Self.pattern)
                }
            }
            let router = try await Self.router(pipes, to: origin)
            let clients = try (0..<4).map { _ in try router.connect(receiveBuffer: 4096) }
            for client in clients { client.send(Self.question) }
            for client in clients { #expect(client.read(through: "\r\n\r\n").hasPrefix("HTTP/1.1 200 ")) }
            for client in clients.reversed() { #expect(Self.isIntact(client.read(count: Self.size))) }
        }

        @Test("that ends early is H18, and the client's connection is cut", arguments: [0, 64])
        func cutShort(pipes: Int) async throws {
            let origin = try Origin { socket in
                _ = socket.read(through: "\r\n\r\n")
                socket.send(Self.head())
                socket.send(Array(Self.pattern[..<1_000_000]))
            }
            let router = try await Self.router(pipes, to: origin)
            let client = try router.connect()
            client.send(Self.question)
            _ = client.read(through: "\r\n\r\n")
            #expect(client.read(count: Self.size).count <= 1_000_000)
            #expect(await router.line().contains(" code=H18 "))
        }

        @Test("whose client leaves is H27, and the router serves on", arguments: [0, 64], [false, true])
        func abandoned(pipes: Int, isAbrupt: Bool) async throws {
            let origin = try Origin { socket in
                while !socket.read(through: "\r\n\r\n").isEmpty {
                    socket.send(Self.head())
                    socket.send(Self.pattern)
                }
            }
            let router = try await Self.router(pipes, to: origin)
            for _ in 0..<3 {
                do {
                    let client = try router.connect(receiveBuffer: 4096)
                    client.send(Self.question)
                    _ = client.read(count: 100_000)
                    if isAbrupt { client.resetOnClose() }
                }
                #expect(await router.line().contains(" code=H27 "))
            }
            let client = try router.connect()
            client.send(Self.question)
            _ = client.read(through: "\r\n\r\n")
            #expect(Self.isIntact(client.read(count: Self.size)))
        }

        @Test(
            "longer than was announced ends where it was announced to, and its connection is not used again",
            arguments: [0, 64])
        func tooLong(pipes: Int) async throws {
            let origin = try Origin { socket in
                _ = socket.read(through: "\r\n\r\n")
                socket.send(Self.head(Self.size - 1000))
                socket.send(Self.pattern)
                _ = socket.readAll()
            }
            let router = try await Self.router(pipes, to: origin)
            let client = try router.connect()
            for number in 1...2 {
                client.send(Self.question)
                _ = client.read(through: "\r\n\r\n")
                #expect(client.read(count: Self.size - 1000) == Array(Self.pattern.dropLast(1000)))
                #expect(await router.line().contains(" bytes=\(Self.size - 1000) "))
                #expect(origin.connections == number)
            }
        }

        @Test(
            "whose client does not take it is H28, whose dyno does not send it H15", arguments: [0, 64], ["H28", "H15"])
        func silence(pipes: Int, code: String) async throws {
            let origin = try Origin { socket in
                _ = socket.read(through: "\r\n\r\n")
                socket.send(Self.head(Self.size * 10))
                if code == "H28" { for _ in 0..<10 { socket.send(Self.pattern) } } else { socket.send(Self.pattern) }
                _ = socket.readAll()
            }
            let router = try TestRouter {
                $0.pipeLimit = pipes
                $0.silence = .milliseconds(300)
            }
            await router.route(.serving([origin.backend()]))
            let client = try router.connect()
            client.send(Self.question)
            if code == "H15" { _ = client.read(count: Self.size) }
            #expect(await router.line().contains(" code=\(code) "))
        }

        @Test("of a request that the dyno does not want to read gets the dyno's answer", arguments: [0, 64])
        func unwanted(pipes: Int) async throws {
            let origin = try Origin { socket in
                _ = socket.read(through: "\r\n\r\n")
                _ = socket.read(count: 500_000)
                socket.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig")
            }
            let router = try await Self.router(pipes, to: origin)
            let client = try router.connect()
            client.send(Self.upload(100_000_000))
            client.send(Self.pattern)
            let (head, body) = client.readMessage()
            #expect(head.hasPrefix("HTTP/1.1 413 "))
            #expect(body == "big")
        }

        @Test("goes down while another goes up on the same connection", arguments: [0, 64])
        func bothWays(pipes: Int) async throws {
            let origin = try Origin { socket in
                _ = socket.read(through: "\r\n\r\n")
                socket.send(Self.head())
                var left = Self.pattern[...]
                while !left.isEmpty {
                    let part = socket.read(count: min(500_000, left.count))
                    guard !part.isEmpty else { return }
                    socket.send(part)
                    left = left.dropFirst(part.count)
                }
            }
            let router = try await Self.router(pipes, to: origin)
            let client = try router.connect()
            let sender = try RawSocket(sharing: client)
            client.send(Self.upload())
            let hasSent = Gate()
            startThread(named: "test-sender") {
                sender.send(Self.pattern)
                hasSent.open()
            }
            #expect(client.read(through: "\r\n\r\n").hasPrefix("HTTP/1.1 200 "))
            #expect(Self.isIntact(client.read(count: Self.size)))
            hasSent.wait()
        }
    }
}
