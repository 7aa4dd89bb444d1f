import CPosix
import Model
import Posix
import Testing

@testable import Router

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension RouterSuite {
    @Suite("The daemon's hand on the router", .timeLimit(.minutes(1)))
    struct ControlTests {
        /// A home with a router program, and what reaches into it.
        struct Home {
            let folder: Scratch
            let reactor: Reactor
            /// Nobody but its owner may cross the folder above it.
            var run: String { folder.path + "/run" }
            var socket: String { run + "/router.sock" }

            init() throws {
                folder = try Scratch()
                try FileTree.makeFolder(folder.path + "/run")
                reactor = try Reactor()
            }

            func control(user: UInt32? = nil) -> RouterControl {
                RouterControl(
                    controlSocket: socket, program: Self.program, logFile: folder.path + "/router.log", user: user,
                    reactor: reactor)
            }

            /// The program beside the test's own.
            static var program: String {
                let tests = Environment.realPath("/proc/self/exe") ?? ""
                for candidate in [CommandLine.arguments[0], tests] {
                    var folder = candidate[...]
                    while let slash = folder.lastIndex(of: "/") {
                        folder = folder[..<slash]
                        let path = "\(folder)/paas-router"
                        if access(path, X_OK) == 0 { return path }
                    }
                }
                return "paas-router"
            }
        }

        static func open() throws -> [RouterListener] {
            let socket = try TCPSocket.listen(address: "127.0.0.1", port: 0)
            let port = try TCPSocket.localPort(of: socket)
            return [RouterListener(descriptor: socket.release(), address: "127.0.0.1", port: port)]
        }

        private func table(_ state: RoutingTable.State, app: AppID = AppID(), version: UInt64 = 1) -> RoutingTable {
            RoutingTable(version: version, routes: ["x.localhost": .init(app: app, state: state)], appNames: ["x"])
        }

        /// Waits on a thread of its own: the daemon's side needs those of the tasks.
        private func get(_ port: UInt16) async throws -> String {
            try await BlockingPool(limit: 1).run {
                let client = try RawSocket(port: port)
                client.send("GET / HTTP/1.1\r\nHost: x.localhost\r\nConnection: close\r\n\r\n")
                return client.readAll()
            }
        }

        @Test("starts it, installs tables, hears access lines, and stops it")
        func life() async throws {
            let home = try Home()
            let origin = try Origin.hello()
            let control = home.control()
            let listeners = try await control.start(open: Self.open)
            let port = try #require(listeners.first?.port)
            let app = AppID()
            await control.install(table(.serving([origin.backend()]), app: app))
            #expect(try await get(port).hasSuffix("Hello, world!"))
            for await event in control.events {
                guard case .access(let from, let lines) = event, let line = lines.first else { continue }
                #expect(from == app)
                #expect(line.source == .heroku)
                #expect(line.process == "router")
                #expect(String(decoding: line.message, as: UTF8.self).hasPrefix("at=info method=GET path=\"/\""))
                break
            }
            let router = try #require(await control.processID())
            await control.drain([origin.id], limit: .seconds(5))
            await control.stop()
            #expect(kill(router, 0) == -1)
            #expect(access(home.socket, F_OK) == -1)
            #expect(throws: PosixError.self) { try RawSocket(port: port) }
        }

        @Test("tells of a sleeping app that is asked for")
        func wake() async throws {
            let home = try Home()
            let control = home.control()
            let port = try #require(try await control.start(open: Self.open).first?.port)
            let app = AppID()
            await control.install(table(.asleep, app: app))
            let client = try RawSocket(port: port)
            client.send("GET / HTTP/1.1\r\nHost: x.localhost\r\n\r\n")
            for await event in control.events {
                guard case .wake(let woken) = event else { continue }
                #expect(woken == app)
                break
            }
            let origin = try Origin.hello()
            await control.install(table(.serving([origin.backend()]), app: app, version: 2))
            #expect(client.readMessage().body == "Hello, world!")
            await control.stop()
        }

        @Test("tells a daemon that was away of a request that waits for a sleeping app meanwhile")
        func wakeWhileAway() async throws {
            let home = try Home()
            let orphaned = try Orphan(
                program: Home.program, socket: home.socket, log: home.folder.path + "/router.log")
            let app = AppID()
            let port = try await orphaned.give(
                listeners: Self.open, table: table(.asleep, app: app), reactor: home.reactor)
            let client = try RawSocket(port: port)
            client.send("GET / HTTP/1.1\r\nHost: x.localhost\r\n\r\n")

            let control = home.control()
            _ = try await control.start { throw ListenFailure.taken(port: 1) }
            await control.install(table(.asleep, app: app, version: 2))
            for await event in control.events {
                guard case .wake(let woken) = event else { continue }
                #expect(woken == app)
                break
            }
            let origin = try Origin.hello()
            await control.install(table(.starting, app: app, version: 3))
            await control.install(table(.serving([origin.backend()]), app: app, version: 4))
            #expect(client.readMessage().body == "Hello, world!")
            await control.stop()
        }

        @Test("says how long dynos have been without a request; nothing is known when there is no router")
        func activity() async throws {
            let home = try Home()
            let origin = try Origin.hello()
            let control = home.control()
            let port = try #require(try await control.start(open: Self.open).first?.port)
            await control.install(table(.serving([origin.backend()])))
            #expect(try await get(port).hasSuffix("Hello, world!"))
            let times = await control.idleTimes(of: [origin.id, DynoID()])
            #expect(times.count == 2 && times[0] > .zero && times[0] < .seconds(60) && times[1] > .seconds(1 << 40))
            #expect(await control.idleTimes(of: []).isEmpty)
            await control.stop()
            #expect(await control.idleTimes(of: [origin.id]) == [.zero])
        }

        @Test("starts it again when it dies, with the same listeners and table, and refuses no connection meanwhile")
        func restarts() async throws {
            let home = try Home()
            let origin = try Origin.hello()
            let control = home.control()
            let port = try #require(try await control.start(open: Self.open).first?.port)
            await control.install(table(.serving([origin.backend()])))
            let first = try #require(await control.processID())
            let process = Descriptor(owning: try posix(cpx_pidfd_open(first), "pidfd_open"))
            kill(first, SIGKILL)
            try await home.reactor.wait(process.raw, for: .readable)
            #expect(try await get(port).hasSuffix("Hello, world!"))
            #expect(await control.processID() != first)
            await control.stop()
        }

        @Test("adopts a router that outlived its daemon: listeners come back, no request is lost, its lines are kept")
        func adopts() async throws {
            let home = try Home()
            let origin = try Origin.hello()
            let orphaned = try Orphan(
                program: Home.program, socket: home.socket, log: home.folder.path + "/router.log")
            let app = AppID()
            let port = try await orphaned.give(
                listeners: Self.open, table: table(.serving([origin.backend()]), app: app), reactor: home.reactor)
            // The daemon has gone; the router serves.
            #expect(try await get(port).hasSuffix("Hello, world!"))

            let control = home.control()
            let listeners = try await control.start { throw ListenFailure.taken(port: 1) }
            #expect(listeners.map(\.port) == [port])
            #expect(await control.processID() == orphaned.processID)
            for await event in control.events {
                guard case .access(let from, _) = event else { continue }
                #expect(from == app)
                break
            }
            await control.install(table(.refusing(.maintenanceMode), app: app, version: 1))
            #expect(try await get(port).contains("Offline for Maintenance"))
            await control.stop()
        }

        @Test("waits when it has no descriptor left, and goes on when it has")
        func descriptorLimit() async throws {
            let home = try Home()
            let orphaned = try Orphan(
                program: Home.program, socket: home.socket, log: home.folder.path + "/router.log", descriptorLimit: 40)
            let port = try await orphaned.give(
                listeners: Self.open, table: table(.refusing(.maintenanceMode)), reactor: home.reactor)
            var idle = try (0..<60).map { _ in try RawSocket(port: port) }
            let waiting = try RawSocket(port: port)
            waiting.send("GET / HTTP/1.1\r\nHost: x.localhost\r\nConnection: close\r\n\r\n")
            idle = []
            #expect(waiting.readAll().contains("Offline for Maintenance"))
            let control = home.control()
            _ = try await control.start(open: Self.open)
            await control.stop()
            withExtendedLifetime(idle) {}
        }

        @Test("says which port is taken when it was asked for")
        func taken() throws {
            let other = try TCPSocket.listen(address: "127.0.0.1", port: 0)
            let port = try TCPSocket.localPort(of: other)
            #expect(throws: ListenFailure.taken(port: port)) { try RouterListeners.open(preferred: port) }
            #expect(ListenFailure.taken(port: port).explanation.what == "Couldn't listen on port \(port)")
        }

        @Test("listens on both loopback addresses on one port")
        func bothAddresses() throws {
            let listeners = try RouterListeners.open(preferred: 0)
            #expect(Set(listeners.map(\.port)).count == 1)
            #expect(listeners.first?.address == "127.0.0.1")
            for listener in listeners { close(listener.descriptor) }
        }

        @Test("survives messages that make no sense, which cost only their own connection")
        func nonsense() async throws {
            let home = try Home()
            let control = home.control()
            let port = try #require(try await control.start(open: Self.open).first?.port)
            await control.install(table(.refusing(.maintenanceMode)))
            let stranger = try UnixSocket.connect(to: home.socket)
            try stranger.writeAll([0, 0, 0, 3, 99, 1, 2])
            #expect(try await get(port).contains("Offline for Maintenance"))
            await control.install(table(.refusing(.appCrashed), version: 2))
            #expect(try await get(port).contains("H10"))
            await control.stop()
        }

        @Test("a table comes out of its bytes as it went in")
        func coding() throws {
            let table = RoutingTable(
                version: 7,
                routes: [
                    "a.localhost": .init(
                        app: AppID(),
                        state: .serving([
                            .init(id: DynoID(), name: "web.1", endpoint: .tcp(address: "127.0.0.1", port: 20_000)),
                            .init(id: DynoID(), name: "", endpoint: .unix(path: "/x/y.sock")),
                        ])),
                    "b.localhost": .init(app: AppID(), state: .starting),
                    "c.localhost": .init(app: AppID(), state: .asleep),
                    "d.localhost": .init(app: nil, state: .refusing(.blankApp)),
                ], appNames: ["a", "b"])
            let message = ControlMessage.install(token: 3, table)
            #expect(try ControlMessage(Array(message.frame.dropFirst(4))) == message)
            let question = ControlMessage.activity(token: 8, [DynoID(), DynoID()])
            #expect(try ControlMessage(Array(question.frame.dropFirst(4))) == question)
            let answer = ControlMessage.activityIs(token: 8, [0, .max])
            #expect(try ControlMessage(Array(answer.frame.dropFirst(4))) == answer)
            for count in 5..<message.frame.count {
                #expect(throws: ByteReader.Malformed.self) { try ControlMessage(Array(message.frame[4..<count])) }
            }
        }
    }
}

/// A router whose daemon is gone: started by hand, given what it needs, and left.
final class Orphan: Sendable {
    let processID: Int32
    private let socket: String

    /// - Parameters:
    ///   - user: whom it becomes.
    ///   - descriptorLimit: the most descriptors that it may have.
    ///   - isSoftLimit: it may have more when it asks.
    init(
        program: String, socket: String, log: String, user: UInt32? = nil, descriptorLimit: Int = 1024,
        isSoftLimit: Bool = false
    ) throws {
        self.socket = socket
        let null = try Descriptor(opening: "/dev/null", O_RDWR)
        let out = try Descriptor(opening: log, O_WRONLY | O_CREAT | O_APPEND)
        let processID = try Subprocess.start(
            "/bin/sh",
            arguments: [
                "-c", "ulimit \(isSoftLimit ? "-S " : "")-n \(descriptorLimit); exec \"$0\" \"$@\"", program, socket,
            ]
                + (user.map { ["\($0)"] } ?? []),
            environment: [:], descriptors: [null.raw, out.raw, out.raw])
        self.processID = processID
        startThread(named: "test-reaper") { _ = try? Subprocess.wait(processID) }
    }

    func give(
        listeners open: () throws -> [RouterListener], table: RoutingTable, reactor: Reactor
    ) async throws -> UInt16 {
        var link: ControlLink?
        while link == nil {
            link = try? ControlLink(connectingTo: socket, reactor: reactor)
            try await Task.sleep(for: .milliseconds(2))
        }
        let daemon = try #require(link)
        let listeners = try open()
        try daemon.send(
            .listen(listeners.map { .init(address: $0.address, port: $0.port) }),
            descriptors: listeners.map(\.descriptor))
        for listener in listeners { close(listener.descriptor) }
        let writing = Task { await daemon.writeQueued() }
        daemon.send(.install(token: 9, table))
        var input = ControlInput()
        var isInstalled = false
        while !isInstalled {
            while let message = try input.next() { if message == .installed(token: 9) { isInstalled = true } }
            if !isInstalled { try #require(try await daemon.receive(into: &input)) }
        }
        daemon.close()
        await writing.value
        return try #require(listeners.first?.port)
    }
}
