import Dyno
import Model
import Posix
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite("A dyno's port", .timeLimit(.minutes(2)))
struct PortTests {
    private func server(_ address: String, _ port: String) -> String {
        "exec python3 -c 'import socket,os,time; s=socket.socket(); s.bind((\"\(address)\", int(\(port)))); s.listen();"
            + " print(\"listening\", flush=True); time.sleep(60)'"
    }

    @Test("is reported bound when the dyno listens on it", arguments: SandboxLevel.possible)
    func bound(_ level: SandboxLevel) async throws {
        let machine = try Machine(level)
        let dyno = try await machine.host.start(
            machine.spec(server("0.0.0.0", "os.environ[\"PORT\"]"), wantsPort: true))
        let port = try #require(dyno.port)
        var notes: [String] = []
        var isBound = false
        for await event in dyno.events(from: 0) {
            if case .note(let note) = event { notes.append(note) }
            guard case .bound(let endpoint) = event else { continue }
            #expect(endpoint == .tcp(address: "127.0.0.1", port: port))
            isBound = true
            break
        }
        #expect(isBound)
        #expect(notes == [])
        await dyno.release()
        try await machine.leave()
    }

    @Test("may be bound on 127.0.0.1 only, with a note")
    func loopback() async throws {
        let machine = try Machine(.best)
        let dyno = try await machine.host.start(
            machine.spec(server("127.0.0.1", "os.environ[\"PORT\"]"), wantsPort: true))
        var isBound = false
        for await event in dyno.events(from: 0) {
            if case .bound = event { isBound = true }
            guard case .note(let note) = event else { continue }
            #expect(note == "listens on 127.0.0.1 only; Heroku wants 0.0.0.0:$PORT")
            break
        }
        #expect(isBound)
        await dyno.release()
        try await machine.leave()
    }

    @Test("is not bound by a dyno that listens elsewhere, which a note says")
    func elsewhere() async throws {
        let machine = try Machine(.best)
        let other = try TCPSocket.listen(address: "0.0.0.0", port: 0)
        let free = try TCPSocket.localPort(of: other)
        _ = consume other
        let dyno = try await machine.host.start(machine.spec(server("0.0.0.0", "\(free)"), wantsPort: true))
        let port = try #require(dyno.port)
        for await event in dyno.events(from: 0) {
            if case .bound = event { Issue.record("bound elsewhere") }
            guard case .note(let note) = event else { continue }
            #expect(note == "listens on \(free), not on $PORT (\(port))")
            break
        }
        await dyno.release()
        try await machine.leave()
    }

    @Test("is not bound by a stranger who took it")
    func stranger() async throws {
        let machine = try Machine(.best)
        let dyno = try await machine.host.start(machine.spec("sleep 60", wantsPort: true))
        let port = try #require(dyno.port)
        let stranger = try TCPSocket.listen(address: "0.0.0.0", port: port)
        for await event in dyno.events(from: 0) {
            if case .bound = event { Issue.record("bound by a stranger") }
            guard case .portTaken(let thief) = event else { continue }
            #expect(thief.processID == getpid())
            #expect(thief.userID == geteuid())
            let program = try FileTree.readText("/proc/self/comm").split(separator: "\n")[0]
            #expect(thief.sentence(owner: nil) == "port \(port) is taken by \(program) (pid \(getpid()))")
            break
        }
        _ = consume stranger
        await dyno.release()
        try await machine.leave()
    }

    @Test("is never one that somebody listens on; when all are taken, the start fails and says so")
    func taken() async throws {
        let stranger = try TCPSocket.listen(address: "127.0.0.1", port: 0)
        let port = try TCPSocket.localPort(of: stranger)
        let machine = try Machine(.best, ports: port...port)
        await #expect(throws: DynoStartFailure.noFreePort(lowest: port, highest: port)) {
            _ = try await machine.host.start(machine.spec("true", wantsPort: true))
        }
        _ = consume stranger
        let dyno = try await machine.host.start(machine.spec("echo $PORT", wantsPort: true))
        #expect(await Transcript(dyno.events(from: 0)).lines == ["\(port)"])
        await dyno.release()
        try await machine.leave()
    }
}
