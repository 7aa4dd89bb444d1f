import CPosix
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
    @Suite("A dyno in a network of its own", .timeLimit(.minutes(1)))
    struct OwnNetworkTests {
        /// A door whose connections `answer` gets, as a dyno's first process would.
        private struct Door {
            let scratch: Scratch
            var path: String { scratch.path + "/door" }

            init(_ answer: @escaping @Sendable (Int32) -> Void) throws {
                scratch = try Scratch(name: "door")
                let raw = try UnixSocket.listen(at: path).release()
                startThread(named: "test-door") {
                    let owned = Descriptor(owning: raw)
                    var waiting = pollfd(fd: owned.raw, events: Int16(POLLIN), revents: 0)
                    while poll(&waiting, 1, 2000) > 0 { answer(owned.raw) }
                }
            }

            func backend(_ port: UInt16, _ address: String = "127.0.0.1") -> RoutingTable.Backend {
                .init(id: DynoID(), name: "web.1", endpoint: .inside(door: path, address: address, port: port))
            }
        }

        private static func handOut(_ door: Int32) { _ = cpx_hand_out_sockets(door, 0) }

        @Test("is reached by a socket that comes through its door, once for each connection")
        func reached() async throws {
            let origin = try Origin.hello()
            let door = try Door(Self.handOut)
            let router = try TestRouter()
            await router.route(.serving([door.backend(origin.port)]))
            for _ in 1...3 { #expect(try router.get().hasSuffix("Hello, world!")) }
            #expect(origin.connections == 1)
            #expect(await router.line().contains(#/ dyno=web\.1 connect=[0-9]+ms service=[0-9]+ms status=200 /#))
        }

        @Test("takes many connections at once")
        func many() async throws {
            let origin = try Origin.hello()
            let door = try Door(Self.handOut)
            let router = try TestRouter()
            await router.route(.serving([door.backend(origin.port)]))
            let clients = try (0..<50).map { _ in try router.connect() }
            for client in clients { client.send("GET / HTTP/1.1\r\nHost: x.localhost\r\nConnection: close\r\n\r\n") }
            for client in clients { #expect(client.readAll().hasSuffix("Hello, world!")) }
        }

        @Test("H21: nobody listens in it")
        func refused() async throws {
            let free = try TCPSocket.listen(address: "127.0.0.1", port: 0)
            let port = try TCPSocket.localPort(of: free)
            _ = consume free
            let door = try Door(Self.handOut)
            let router = try TestRouter()
            await router.route(.serving([door.backend(port)]))
            #expect(try router.get().hasPrefix("HTTP/1.1 503 "))
            #expect(await router.line().hasPrefix("at=error code=H21 desc=\"Backend connection refused\""))
        }

        @Test("may hold a socket longer than the router does: what happens to it then is nobody's business")
        func held() async throws {
            let router = try TestRouter()
            let origin = try Origin.hello()
            for round in 0..<20 {
                let kept = Mutex<[Int32]>([])
                let door = try Door { raw in
                    let caller = accept(raw, nil, nil)
                    guard caller >= 0 else { return }
                    let socket = cpx_tcp_socket(0)
                    kept.withLock { $0.append(socket) }
                    var byte: UInt8 = 0
                    _ = cpx_send_with_fds(caller, &byte, 1, [socket], 1)
                    close(caller)
                }
                await router.route(.serving([door.backend(origin.port)]))
                for _ in 0..<5 { #expect(try router.get().hasSuffix("Hello, world!")) }
                // Lets go of the idle connections.
                await router.route(.serving([origin.backend()]))
                #expect(try router.get().hasSuffix("Hello, world!"))
                let sockets = kept.withLock { $0 }
                #expect(!sockets.isEmpty)
                for socket in sockets { shutdown(socket, Int32(SHUT_RDWR)) }
                #expect(try router.get().hasSuffix("Hello, world!"), "\(round)")
                for socket in sockets { close(socket) }
            }
        }

        @Test("H21: its first process is gone, or goes before it has answered")
        func gone() async throws {
            let router = try TestRouter()
            let nowhere = RoutingTable.Backend(
                id: DynoID(), name: "web.1", endpoint: .inside(door: "/nowhere/door", address: "127.0.0.1", port: 1))
            await router.route(.serving([nowhere]))
            #expect(try router.get().hasPrefix("HTTP/1.1 503 "))
            #expect(await router.line().hasPrefix("at=error code=H21 "))
            let door = try Door { door in
                let caller = accept(door, nil, nil)
                if caller >= 0 { close(caller) }
            }
            await router.route(.serving([door.backend(1)]))
            #expect(try router.get().hasPrefix("HTTP/1.1 503 "))
            #expect(await router.line().hasPrefix("at=error code=H21 "))
        }

        @Test("H19: its first process does not answer")
        func silent() async throws {
            let scratch = try Scratch(name: "door")
            let silent = try UnixSocket.listen(at: scratch.path + "/door")
            let router = try TestRouter { $0.connect = .milliseconds(200) }
            await router.route(
                .serving([
                    .init(
                        id: DynoID(), name: "web.1",
                        endpoint: .inside(door: scratch.path + "/door", address: "127.0.0.1", port: 1))
                ]))
            #expect(try router.get().hasPrefix("HTTP/1.1 503 "))
            #expect(await router.line().hasPrefix("at=error code=H19 desc=\"Backend connection timeout\""))
            _ = consume silent
        }

        @Test("loses to a dyno that answers")
        func another() async throws {
            let origin = try Origin.hello()
            let router = try TestRouter()
            let nowhere = RoutingTable.Backend(
                id: DynoID(), name: "web.1", endpoint: .inside(door: "/nowhere/door", address: "127.0.0.1", port: 1))
            await router.route(.serving([nowhere, origin.backend("web.2")]))
            for _ in 1...5 { #expect(try router.get().hasSuffix("Hello, world!")) }
        }
    }
}
