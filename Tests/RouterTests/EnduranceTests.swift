import Model
import Posix
import Synchronization
import Testing

@testable import Router

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension RouterSuite {
    /// The real program, seen from outside.
    @Suite("The router program", .timeLimit(.minutes(5)))
    struct EnduranceTests {
        private typealias Home = ControlTests.Home

        /// `PAAS_BODY_MB=5120` for 5 GB.
        private static let bodyBytes = (Environment.all["PAAS_BODY_MB"].flatMap { Int($0) } ?? 512) << 20

        private static func table(_ origin: RoutingTable.Backend) -> RoutingTable {
            RoutingTable(
                version: 1, routes: ["x.localhost": .init(app: AppID(), state: .serving([origin]))], appNames: ["x"])
        }

        /// The most memory that a process has had at once: kilobytes.
        private static func peak(_ process: Int32) throws -> Int {
            let line = try FileTree.readText("/proc/\(process)/status").split(separator: "\n").first {
                $0.hasPrefix("VmHWM:")
            }
            return try #require(line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) })
        }

        /// Sends so many bytes.
        private static func pour(_ count: Int, into socket: RawSocket) {
            let block = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
            var left = count
            while left > 0 {
                socket.send(left >= block.count ? block : Array(block[..<left]))
                left -= min(left, block.count)
            }
        }

        @Test("passes a body of gigabytes up and down in constant memory", arguments: ["upload", "download"])
        func largeBody(_ direction: String) async throws {
            let size = Self.bodyBytes
            let home = try Home()
            let origin = try Origin { socket in
                while true {
                    let head = socket.read(through: "\r\n\r\n")
                    if head.isEmpty { return }
                    if head.hasPrefix("POST /up ") {
                        socket.send(Origin.response("\(socket.drain(size))"))
                    } else if head.hasPrefix("GET /down ") {
                        socket.send("HTTP/1.1 200 OK\r\nContent-Length: \(size)\r\n\r\n")
                        Self.pour(size, into: socket)
                    } else {
                        socket.send(Origin.response("warm"))
                    }
                }
            }
            let control = home.control()
            let port = try #require(try await control.start(open: ControlTests.open).first?.port)
            await control.install(Self.table(origin.backend()))
            let router = try #require(await control.processID())
            let (passed, before, after) = try await BlockingPool(limit: 1).run {
                let client = try RawSocket(port: port)
                client.send("GET /warm HTTP/1.1\r\nHost: x.localhost\r\n\r\n")
                #expect(client.readMessage().body == "warm")
                let before = try Self.peak(router)
                if direction == "upload" {
                    client.send("POST /up HTTP/1.1\r\nHost: x.localhost\r\nContent-Length: \(size)\r\n\r\n")
                    Self.pour(size, into: client)
                    return (Int(client.readMessage().body), before, try Self.peak(router))
                }
                client.send("GET /down HTTP/1.1\r\nHost: x.localhost\r\n\r\n")
                #expect(client.read(through: "\r\n\r\n").hasPrefix("HTTP/1.1 200 "))
                return (client.drain(size), before, try Self.peak(router))
            }
            #expect(passed == size)
            // Its buffers, whatever the size of the body.
            #expect(after - before < 4096, "\(before) kB before, \(after) kB after \(size >> 20) MB")
            await control.stop()
        }

        @Test(
            "holds 2,000 WebSockets open at once, and carries each one's bytes to it alone", .needsDescriptors(10_000))
        func webSockets() async throws {
            ProcessLimits.raiseDescriptors()
            let home = try Home()
            let echo = try EchoServer()
            // What a login shell gives it, as a rule; the router raises that.
            let orphan = try Orphan(
                program: Home.program, socket: home.socket, log: home.folder.path + "/router.log",
                descriptorLimit: 1024, isSoftLimit: true)
            let port = try await orphan.give(
                listeners: ControlTests.open, table: Self.table(echo.backend), reactor: home.reactor)
            let process = orphan.processID
            try await BlockingPool(limit: 1).run {
                let before = try Self.peak(process)
                var clients: [RawSocket] = []
                for _ in 0..<2000 {
                    let client = try RawSocket(port: port)
                    client.send(
                        "GET /chat HTTP/1.1\r\nHost: x.localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
                    clients.append(client)
                }
                for client in clients {
                    #expect(client.read(through: "\r\n\r\n").hasPrefix("HTTP/1.1 101 "))
                }
                #expect(echo.connections == 2000)
                for round in 0..<2 {
                    for (index, client) in clients.enumerated() { client.send(Self.frame("\(round):\(index)")) }
                    for (index, client) in clients.enumerated() {
                        let frame = Self.frame("\(round):\(index)")
                        #expect(client.read(count: frame.count) == frame)
                    }
                }
                let each = (try Self.peak(process) - before) / clients.count
                #expect(each <= 16, "\(each) kB for each WebSocket")
                let late = try RawSocket(port: port)
                late.send("GET / HTTP/1.1\r\nHost: y.localhost\r\nConnection: close\r\n\r\n")
                #expect(late.readAll().hasPrefix("HTTP/1.1 404 "))
            }
            let control = home.control()
            _ = try await control.start(open: ControlTests.open)
            await control.stop()
        }

        /// A short text frame of a client (RFC 6455 §5.2), with a mask of zeros.
        private static func frame(_ text: String) -> [UInt8] {
            [0x81, 0x80 | UInt8(text.utf8.count), 0, 0, 0, 0] + Array(text.utf8)
        }
    }
}

/// Opens every WebSocket that it is asked for, and sends back what comes: one thread for all of them.
private final class EchoServer: Sendable {
    private let port: UInt16
    private let count = Atomic(0)

    init() throws {
        let listener = try TCPSocket.listen(address: "127.0.0.1", port: 0)
        port = try TCPSocket.localPort(of: listener)
        let raw = listener.release()
        startThread(named: "test-echo") { [self] in serve(raw) }
    }

    var connections: Int { count.load(ordering: .acquiring) }

    var backend: RoutingTable.Backend {
        .init(id: DynoID(), name: "web.1", endpoint: .tcp(address: "127.0.0.1", port: port))
    }

    /// Until nobody is left of those who came.
    private func serve(_ listener: Int32) {
        var polls = [pollfd(fd: listener, events: Int16(POLLIN), revents: 0)]
        var buffer = [UInt8](repeating: 0, count: 4096)
        var opened: Set<Int32> = []
        while poll(&polls, nfds_t(polls.count), 60_000) > 0 {
            if polls[0].revents != 0 {
                let connection = accept(listener, nil, nil)
                if connection >= 0 { polls.append(pollfd(fd: connection, events: Int16(POLLIN), revents: 0)) }
            }
            for index in polls.indices.dropFirst() where polls[index].revents != 0 {
                let descriptor = polls[index].fd
                let got = recv(descriptor, &buffer, buffer.count, 0)
                if got <= 0 {
                    close(descriptor)
                    opened.remove(descriptor)
                    polls[index].fd = -1
                } else if opened.insert(descriptor).inserted {
                    // A request's head comes in one piece here.
                    let answer = Array(
                        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n".utf8)
                    count.add(1, ordering: .releasing)
                    _ = send(descriptor, answer, answer.count, Int32(MSG_NOSIGNAL))
                } else {
                    _ = send(descriptor, buffer, got, Int32(MSG_NOSIGNAL))
                }
            }
            let wasServing = polls.count > 1
            polls.removeAll { $0.fd < 0 }
            if wasServing, polls.count == 1 { break }
        }
        close(listener)
    }
}

extension RawSocket {
    /// Reads and drops up to `count` bytes, those included that were read already.
    ///
    /// - Returns: how many came.
    func drain(_ count: Int) -> Int {
        var total = read(count: min(count, received.count)).count
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while total < count {
            let got = recv(descriptor, &buffer, min(buffer.count, count - total), 0)
            guard got > 0 else { break }
            total += got
        }
        return total
    }
}

extension Trait where Self == ConditionTrait {
    /// As many open files as this process may ask for.
    fileprivate static func needsDescriptors(_ count: UInt64) -> Self {
        .enabled("needs \(count) open files") {
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            return limit.rlim_max >= count
        }
    }
}
