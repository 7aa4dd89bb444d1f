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
    @Suite(
        "A router that root starts", .timeLimit(.minutes(1)),
        .enabled("needs root, and setpriv to be somebody else") {
            getuid() == 0 && access("/usr/bin/setpriv", X_OK) == 0
        })
    struct OwnUserTests {
        /// A user that nobody is.
        private let user: UInt32 = 29_999

        private typealias Home = ControlTests.Home

        private func table(_ backends: [RoutingTable.Backend], version: UInt64 = 1) -> RoutingTable {
            RoutingTable(
                version: version, routes: ["x.localhost": .init(app: AppID(), state: .serving(backends))],
                appNames: ["x"])
        }

        private func get(_ port: UInt16) async throws -> String {
            try await BlockingPool(limit: 1).run {
                let client = try RawSocket(port: port)
                client.send("GET / HTTP/1.1\r\nHost: x.localhost\r\nConnection: close\r\n\r\n")
                return client.readAll()
            }
        }

        /// What the kernel says of a process: `Uid:\t0\t0\t0\t0`.
        private func facts(_ process: Int32) throws -> [String: [String]] {
            let lines = try FileTree.readText("/proc/\(process)/status").split(separator: "\n")
            return Dictionary(
                lines.map { line in
                    let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
                    return (words[0], Array(words.dropFirst()))
                }, uniquingKeysWith: { first, _ in first })
        }

        /// What another user's command says.
        private func run(as user: UInt32, _ command: String, _ arguments: [String]) throws -> String {
            let (_, output, errors) = try Subprocess.capture(
                "/usr/bin/setpriv",
                arguments: ["--reuid", "\(user)", "--regid", "\(user)", "--clear-groups", command] + arguments,
                environment: ["PATH": "/usr/bin:/bin"])
            return String(decoding: output + errors, as: UTF8.self)
        }

        @Test("becomes a user of its own, for good: no id, group or capability of root's is left in any of its threads")
        func rights() async throws {
            let home = try Home()
            let origin = try Origin.hello()
            let control = home.control(user: user)
            let port = try #require(try await control.start(open: ControlTests.open).first?.port)
            await control.install(table([origin.backend()]))
            #expect(try await get(port).hasSuffix("Hello, world!"))
            #expect(await control.userID() == user)
            let router = try #require(await control.processID())
            for thread in try FileTree.names(in: "/proc/\(router)/task") {
                let facts = try facts(try #require(Int32(thread)))
                #expect(facts["Uid:"] == [String](repeating: "\(user)", count: 4))
                #expect(facts["Gid:"] == [String](repeating: "\(user)", count: 4))
                #expect(facts["Groups:"] == [])
                for set in ["CapInh:", "CapPrm:", "CapEff:", "CapBnd:", "CapAmb:"] {
                    #expect(facts[set].flatMap { UInt64($0[0], radix: 16) } == 0, "\(set)")
                }
                #expect(facts["NoNewPrivs:"] == ["1"])
            }
            await control.stop()
            #expect(access(home.socket, F_OK) == -1)
        }

        @Test("keeps its memory, and the keys in it, from others of its user")
        func memory() async throws {
            let home = try Home()
            let control = home.control(user: user)
            _ = try await control.start(open: ControlTests.open)
            let router = try #require(await control.processID())
            for file in ["mem", "environ", "maps"] {
                #expect(try run(as: user, "cat", ["/proc/\(router)/\(file)"]).contains("Permission denied"), "\(file)")
            }
            await control.stop()
        }

        @Test("obeys no other user at its control socket, its own included, however open the way there is")
        func strangers() async throws {
            let home = try Home()
            let origin = try Origin.hello()
            let control = home.control(user: user)
            let port = try #require(try await control.start(open: ControlTests.open).first?.port)
            await control.install(table([origin.backend()]))
            let script = """
                import socket, sys
                s = socket.socket(socket.AF_UNIX)
                s.settimeout(5)
                s.connect(sys.argv[1])
                print(len(s.recv(100)))
                """
            #expect(try run(as: 0, "python3", ["-c", script, home.socket]) != "0\n")
            #expect(try run(as: user, "python3", ["-c", script, home.socket]).contains("PermissionError"))
            for folder in [home.folder.path, home.run] { chmod(folder, 0o755) }
            #expect(try run(as: user, "python3", ["-c", script, home.socket]).contains("PermissionError"))
            chmod(home.socket, 0o666)
            for stranger in [user, user + 1] {
                #expect(try run(as: stranger, "python3", ["-c", script, home.socket]) == "0\n")
            }
            #expect(try await get(port).contains(" 200 "))
            await control.stop()
        }

        @Test("reaches servers and doors in a home that its user cannot cross, where its group was let in")
        func sockets() async throws {
            let home = try Home()
            let origin = try Origin.hello()
            let (server, door) = (home.run + "/api.sock", home.run + "/doors/door")
            try FileTree.makeFolder(home.run + "/doors")
            let listener = try UnixSocket.listen(at: server)
            let gate = try UnixSocket.listen(at: door)
            for folder in [home.run, home.run + "/doors"] {
                try FileTree.share(folder, with: user, crossing: true)
            }
            #expect(try run(as: user, "ls", [home.run]).contains("Permission denied"))
            let control = home.control(user: user)
            let port = try #require(try await control.start(open: ControlTests.open).first?.port)
            let (behind, at) = (DynoID(), DynoID())
            let inside = RoutingTable.Backend(
                id: behind, name: "web.1", endpoint: .inside(door: door, address: "127.0.0.1", port: origin.port))
            await control.install(table([inside]))
            #expect(try await get(port).hasPrefix("HTTP/1.1 503 "))

            try FileTree.share(door, with: user)
            let raw = gate.raw
            startThread(named: "test-door") {
                var waiting = pollfd(fd: raw, events: Int16(POLLIN), revents: 0)
                if poll(&waiting, 1, 5000) > 0 { _ = cpx_hand_out_sockets(raw, 0) }
            }
            await control.install(table([inside], version: 2))
            #expect(try await get(port).hasSuffix("Hello, world!"))

            try FileTree.share(server, with: user)
            let place = listener.raw
            startThread(named: "test-server") {
                guard let connection = acceptOne(place) else { return }
                let socket = RawSocket(owning: connection)
                _ = socket.readMessage()
                socket.send(Origin.response("from the socket"))
            }
            await control.install(
                table([.init(id: at, name: "", endpoint: .unix(path: server))], version: 3))
            #expect(try await get(port).hasSuffix("from the socket"))
            await control.stop()
            withExtendedLifetime(listener) {}
            withExtendedLifetime(gate) {}
        }

        @Test("is that user again when it has died")
        func restarted() async throws {
            let home = try Home()
            let origin = try Origin.hello()
            let control = home.control(user: user)
            let port = try #require(try await control.start(open: ControlTests.open).first?.port)
            await control.install(table([origin.backend()]))
            let first = try #require(await control.processID())
            let process = Descriptor(owning: try posix(cpx_pidfd_open(first), "pidfd_open"))
            kill(first, SIGKILL)
            try await home.reactor.wait(process.raw, for: .readable)
            #expect(try await get(port).hasSuffix("Hello, world!"))
            #expect(await control.processID() != first)
            #expect(await control.userID() == user)
            await control.stop()
        }

        @Test("is adopted by the next daemon, and gets keys and a table from it")
        func adopted() async throws {
            let home = try Home()
            let origin = try Origin.hello()
            let orphan = try Orphan(
                program: Home.program, socket: home.socket, log: home.folder.path + "/router.log", user: user)
            let port = try await orphan.give(
                listeners: ControlTests.open, table: table([origin.backend()]), reactor: home.reactor)
            #expect(try await get(port).hasSuffix("Hello, world!"))
            let control = home.control(user: user)
            let listeners = try await control.start { throw ListenFailure.taken(port: 1) }
            #expect(listeners.map(\.port) == [port])
            #expect(await control.processID() == orphan.processID)
            #expect(await control.userID() == user)
            await control.secure(with: try AuthorityFolder(path: home.folder.path + "/tls").load())
            await control.install(table([origin.backend()], version: 2))
            let (end, output, _) = try Subprocess.capture(
                "/usr/bin/curl",
                arguments: [
                    "-s", "--cacert", home.folder.path + "/tls/paas-ca.pem", "--connect-to", "::127.0.0.1:\(port)",
                    "https://x.localhost/",
                ], environment: [:])
            #expect(end.isSuccess)
            #expect(String(decoding: output, as: UTF8.self) == "Hello, world!")
            await control.stop()
        }
    }
}
