import Dyno
import Model
import Posix
import Testing

#if canImport(Glibc)
    import Glibc
#endif

extension Trait where Self == ConditionTrait {
    /// The programs and the device that carry a dyno's packets.
    static var needsOwnNetwork: Self {
        .enabled("needs pasta, /dev/net/tun and user namespaces") {
            access("/usr/bin/pasta", X_OK) == 0 && access("/dev/net/tun", R_OK | W_OK) == 0
        }
    }
}

@Suite("A dyno's own network", .needsOwnNetwork, .timeLimit(.minutes(3)))
struct OwnNetworkTests {
    static var levels: [SandboxLevel] { SandboxLevel.possible.filter(\.hasAppFolder) }

    private func server(_ port: String, then: String = "time.sleep(60)") -> String {
        "exec python3 -c 'import socket,os,time; s=socket.socket(); s.bind((\"0.0.0.0\", int(\(port)))); s.listen();"
            + " print(\"listening\", flush=True); \(then)'"
    }

    private func spec(
        _ machine: Machine, _ command: String, wantsPort: Bool = false, machinePorts: [UInt16] = []
    ) throws -> DynoSpec {
        let plain = try machine.spec(command, wantsPort: wantsPort)
        return DynoSpec(
            app: plain.app, appOrdinal: plain.appOrdinal, name: plain.name, content: plain.content, command: command,
            environment: plain.environment, wantsPort: wantsPort, network: .own(machinePorts: machinePorts))
    }

    private func bound(_ dyno: RunningDyno) async -> Endpoint? {
        for await event in dyno.events(from: 0) { if case .bound(let endpoint) = event { return endpoint } }
        return nil
    }

    /// A new socket of the dyno's network.
    private func socket(through door: String) async throws -> Descriptor {
        let line = try UnixSocket.connect(to: door)
        var waiting = pollfd(fd: line.raw, events: Int16(POLLIN), revents: 0)
        #expect(poll(&waiting, 1, 5000) == 1)
        return Descriptor(owning: try #require(try UnixSocket.receive(atMost: 1, from: line).descriptors.first))
    }

    private func connect(_ socket: borrowing Descriptor, to port: UInt16) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let number = socket.raw
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(number, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if result == 0 { return 0 }
        guard errno == EINPROGRESS else { return errno }
        var waiting = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
        guard poll(&waiting, 1, 5000) == 1 else { return ETIMEDOUT }
        var code: Int32 = 0
        var size = socklen_t(4)
        getsockopt(number, SOL_SOCKET, SO_ERROR, &code, &size)
        return code
    }

    /// The process that carries the dyno's packets.
    private func wayOut(of dyno: RunningDyno, in machine: Machine) -> Int32? {
        (try? FileTree.readText("\(machine.home)/run/dynos/\(dyno.id)/pasta", limit: 64))
            .flatMap { Int32($0.filter(\.isNumber)) }
    }

    @Test("is entered through its door, and not from the machine, whose own listeners do not count", arguments: levels)
    func door(_ level: SandboxLevel) async throws {
        let machine = try Machine(level)
        let dyno = try await machine.host.start(spec(machine, server("os.environ[\"PORT\"]"), wantsPort: true))
        let port = try #require(dyno.port)
        let endpoint = try #require(await bound(dyno))
        guard case .inside(let door, let address, port) = endpoint else {
            Issue.record("\(endpoint)")
            return
        }
        #expect(address == "127.0.0.1")
        let inner = try await socket(through: door)
        #expect(connect(inner, to: port) == 0)
        let outer = try TCPSocket.listen(address: "0.0.0.0", port: port)
        _ = consume outer
        await dyno.release()
        #expect(!FileTree.exists(door))
        try await machine.leave()
    }

    @Test(
        "has, where the router has a user of its own, a second door that this user may enter, and no other way in",
        .enabled("needs root") { geteuid() == 0 })
    func routerDoor() async throws {
        let machine = try Machine(.l0)
        let user = try #require(try await machine.host.routerUser())
        let dyno = try await machine.host.start(spec(machine, server("os.environ[\"PORT\"]"), wantsPort: true))
        guard case .inside(let door, _, let port) = try #require(await bound(dyno)) else {
            Issue.record("no door")
            return
        }
        let run = "\(machine.home)/run"
        #expect(door == "\(run)/doors/\(dyno.id)")
        let inner = try await socket(through: door)
        #expect(connect(inner, to: port) == 0)
        // What the group may: go through two folders, and connect to what is in the second one.
        for (path, mode) in [(run, 0o710), ("\(run)/doors", 0o710), (door, 0o660)] {
            var info = stat()
            #expect(stat(path, &info) == 0 && info.st_uid == 0 && info.st_gid == user)
            #expect(info.st_mode & 0o777 == UInt32(mode), "\(path): \(String(info.st_mode, radix: 8))")
        }
        for path in ["\(run)/dynos", "\(run)/dynos/\(dyno.id)"] {
            var info = stat()
            #expect(stat(path, &info) == 0 && info.st_gid == 0 && info.st_mode & 0o777 == 0o700, "\(path)")
        }
        await dyno.release()
        #expect(!FileTree.exists(door))
        try await machine.leave()
    }

    @Test("lets two dynos and the machine listen on one port", arguments: levels)
    func fixedPort(_ level: SandboxLevel) async throws {
        let machine = try Machine(level)
        let own = try TCPSocket.listen(address: "0.0.0.0", port: 0)
        let port = try TCPSocket.localPort(of: own)
        var dynos: [RunningDyno] = []
        for _ in 0..<2 {
            let dyno = try await machine.host.start(spec(machine, server("\(port)")))
            for await event in dyno.events(from: 0) {
                guard case .line(let message, _, _) = event else { continue }
                #expect(String(decoding: message, as: UTF8.self) == "listening")
                break
            }
            dynos.append(dyno)
        }
        for dyno in dynos { await dyno.release() }
        _ = consume own
        try await machine.leave()
    }

    @Test(
        "reaches the servers of this machine that it is told, no others, and the names of the world", arguments: levels)
    func reach(_ level: SandboxLevel) async throws {
        let machine = try Machine(level)
        let named = try TCPSocket.listen(address: "127.0.0.1", port: 0)
        let hidden = try TCPSocket.listen(address: "127.0.0.1", port: 0)
        let script = """
            try() { (exec 3<>/dev/tcp/127.0.0.1/$1) 2>/dev/null && echo reached || echo refused; }
            try \(try TCPSocket.localPort(of: named)); try \(try TCPSocket.localPort(of: hidden))
            grep -c @ /proc/net/unix
            """
        let port = try TCPSocket.localPort(of: named)
        let transcript = try await machine.output(of: spec(machine, script, machinePorts: [port]))
        #expect(transcript.lines.prefix(2) == ["reached", "refused"])
        // Abstract sockets belong to a network: none of the machine's is seen.
        #expect(transcript.lines.last == "0")
        try await machine.leave()
    }

    @Test("ends with the dyno, whoever kills whom", arguments: levels)
    func ends(_ level: SandboxLevel) async throws {
        let machine = try Machine(level)
        for victim in ["shim", "keeper and shim", "nobody"] {
            let dyno = try await machine.host.start(spec(machine, "sleep 60"))
            let pasta = try #require(wayOut(of: dyno, in: machine))
            #expect(Processes.isAlive(pasta), "\(victim)")
            if victim != "nobody" {
                if victim != "shim", let keeper = Processes.parent(pasta) { kill(keeper, SIGKILL) }
                kill(dyno.shimProcessID, SIGKILL)
            }
            await dyno.release()
            #expect(try await eventually { !Processes.isAlive(pasta) }, "\(victim)")
        }
        try await machine.leave()
    }

    @Test("gets a new way out when pasta is killed, and says so", arguments: levels)
    func lost(_ level: SandboxLevel) async throws {
        let machine = try Machine(level)
        let dyno = try await machine.host.start(spec(machine, "sleep 60"))
        let first = try #require(wayOut(of: dyno, in: machine))
        kill(first, SIGKILL)
        for await event in dyno.events(from: 0) {
            guard case .note(let note) = event else { continue }
            #expect(note == "its network lost its way out (pasta ended) and has a new one")
            break
        }
        let second = try #require(wayOut(of: dyno, in: machine))
        #expect(second != first)
        #expect(Processes.isAlive(second))
        await dyno.release()
        #expect(try await eventually { !Processes.isAlive(second) })
        try await machine.leave()
    }

    @Test("is adopted by the next daemon, and entered as before", .needsRoot)
    func adopted() async throws {
        let machine = try Machine(.best)
        let dyno = try await machine.host.start(spec(machine, server("os.environ[\"PORT\"]"), wantsPort: true))
        let before = await bound(dyno)
        let again = try #require(await machine.successor().adopt().first)
        #expect(await bound(again) == before)
        #expect(before != nil)
        await again.release()
        try await machine.leave()
    }

    @Test("is refused without namespaces, in words")
    func refused() async throws {
        let machine = try Machine(.l3)
        do {
            try await machine.host.tryOwnNetwork()
            Issue.record("it was possible")
        } catch {
            #expect(error.explanation.sentence.contains("Couldn't give a dyno its own network"))
            #expect(error.explanation.why.contains("L3"))
        }
        try await machine.leave()
    }

    @Test("is possible here", .needsRoot)
    func possible() async throws {
        let machine = try Machine(.best)
        try await machine.host.tryOwnNetwork()
        try await machine.leave()
    }
}
