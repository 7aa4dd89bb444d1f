import Dyno
import Model
import Posix
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite("A dyno that wants a port", .timeLimit(.minutes(2)))
struct ReadinessTests {
    /// The start of a program that has a socket listening on `$PORT`.
    private static func listening(_ address: String = "0.0.0.0", family: String = "AF_INET", more: String = "")
        -> String
    {
        """
        import os, signal, socket, sys, time
        def listen():
            s = socket.socket(socket.\(family)); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); \(more)
            s.bind(("\(address)", int(os.environ["PORT"]))); s.listen(); return s
        def say(text): print(text, flush=True)

        """
    }

    private func python(_ program: String, in machine: borrowing Machine, acceptsLoopback: Bool = true) throws
        -> DynoSpec
    {
        let layer = try machine.layer("slug", ["server.py": program])
        return DynoSpec(
            app: AppID(), appOrdinal: 7, name: try #require(DynoName("web.1")), content: .slug(layers: [layer]),
            command: "exec python3 server.py", environment: [:], wantsPort: true, acceptsLoopback: acceptsLoopback)
    }

    @Test("is ready without a connection being wasted on it, when one process alone can answer")
    func oneProcess() async throws {
        let machine = try Machine(.best)
        let dyno = try await machine.host.start(
            python(
                Self.listening() + """
                    s = listen(); say("listening")
                    signal.signal(signal.SIGUSR1, lambda *_: (s.setblocking(False), say("done"), sys.exit()))
                    s.accept(); say("somebody connected"); time.sleep(60)
                    """, in: machine))
        var isBound = false
        var lines: [String] = []
        for await event in dyno.events(from: 0) {
            if case .bound = event {
                isBound = true
                await dyno.signal(10)
            }
            if case .line(let message, _, _) = event { lines.append(String(decoding: message, as: UTF8.self)) }
        }
        #expect(isBound)
        #expect(lines == ["listening", "done"])
        await dyno.release()
        try await machine.leave()
    }

    @Test("is not ready while its workers do not accept, and is when they do", arguments: SandboxLevel.possible)
    func workers(_ level: SandboxLevel) async throws {
        let machine = try Machine(level)
        // As gunicorn and reloaders do it: the parent listens, a child that loads the app accepts.
        let dyno = try await machine.host.start(
            python(
                Self.listening() + """
                    s = listen()
                    signal.signal(signal.SIGUSR1, lambda *_: None)
                    if os.fork() == 0:
                        signal.pause()
                        say("accepting")
                        while True: s.accept()[0].close()
                    while True: signal.pause()
                    """, in: machine))
        let port = try #require(dyno.port)
        var seen: [String] = []
        for await event in dyno.events(from: 0) {
            switch event {
            case .bound: seen.append("bound")
            case .line(let message, _, _): seen.append(String(decoding: message, as: UTF8.self))
            case .note(let note):
                seen.append(note)
                await dyno.signal(10)
            default: break
            }
            if seen.contains("bound"), seen.contains("accepting") { break }
        }
        #expect(seen.first == "listens on $PORT (\(port)), but takes no connections yet")
        #expect(seen.count == 3)
        await dyno.release()
        try await machine.leave()
    }

    @Test("is not ready when the workers of a process that listens die at once: the boot has failed")
    func deadWorkers() async throws {
        let machine = try Machine(.best)
        let transcript = try await machine.output(
            of: python(
                Self.listening() + """
                    s = listen()
                    if os.fork() == 0:
                        time.sleep(0.3); os._exit(3)
                    sys.exit(os.waitstatus_to_exitcode(os.wait()[1]))
                    """, in: machine))
        #expect(!transcript.isBound)
        #expect(transcript.ending == .code(3))
        try await machine.leave()
    }

    @Test("is ready when it listens late, and by several processes of one port", arguments: ["fork", "reuseport"])
    func several(_ way: String) async throws {
        let machine = try Machine(.best)
        let reuse = way == "reuseport" ? "s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)" : ""
        let start = way == "reuseport" ? "os.fork(); s = listen()" : "s = listen(); os.fork()"
        let dyno = try await machine.host.start(
            python(
                Self.listening(more: reuse) + "time.sleep(0.3)\n\(start)\nwhile True: s.accept()[0].close()\n",
                in: machine))
        let port = try #require(dyno.port)
        for await event in dyno.events(from: 0) {
            guard case .bound(let endpoint) = event else { continue }
            #expect(endpoint == .tcp(address: "127.0.0.1", port: port))
            break
        }
        await dyno.release()
        try await machine.leave()
    }

    @Test(
        "is met where it listens, with a note where that is this machine alone",
        arguments: [
            ("::1", "AF_INET6", "", "::1", ["listens on ::1 only; Heroku wants 0.0.0.0:$PORT"]),
            ("::", "AF_INET6", "", "127.0.0.1", []),
            ("::", "AF_INET6", "s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)", "::1", []),
            ("127.0.0.5", "AF_INET", "", "127.0.0.5", ["listens on 127.0.0.5 only; Heroku wants 0.0.0.0:$PORT"]),
        ])
    func places(address: String, family: String, more: String, met: String, notes: [String]) async throws {
        let machine = try Machine(.best)
        let dyno = try await machine.host.start(
            python(
                Self.listening(address, family: family, more: more)
                    + "s = listen()\nwhile True: s.accept()[0].close()\n",
                in: machine))
        let port = try #require(dyno.port)
        var endpoint: Endpoint?
        var said: [String] = []
        for await event in dyno.events(from: 0) {
            if case .bound(let place) = event { endpoint = place }
            if case .note(let note) = event { said.append(note) }
            if endpoint != nil, said.count == notes.count { break }
        }
        #expect(endpoint == .tcp(address: met, port: port))
        #expect(said == notes)
        await dyno.release()
        try await machine.leave()
    }

    @Test("is not ready on 127.0.0.1 alone where Heroku's rule is asked for, which a note says")
    func strict() async throws {
        let machine = try Machine(.best)
        let dyno = try await machine.host.start(
            python(
                Self.listening("127.0.0.1") + "s = listen()\nwhile True: s.accept()[0].close()\n", in: machine,
                acceptsLoopback: false))
        for await event in dyno.events(from: 0) {
            if case .bound = event { Issue.record("bound on 127.0.0.1") }
            guard case .note(let note) = event else { continue }
            #expect(
                note
                    == "listens on 127.0.0.1 only, which the feature strict does not take for bound: use 0.0.0.0:$PORT")
            break
        }
        await dyno.release()
        try await machine.leave()
    }

    @Test("is not ready on a Unix socket, which a note says", arguments: SandboxLevel.possible)
    func unixSocket(_ level: SandboxLevel) async throws {
        let machine = try Machine(level)
        let path = "/tmp/paas-\(Int.random(in: 100_000...999_999)).sock"
        let dyno = try await machine.host.start(
            python(
                "import socket\ns = socket.socket(socket.AF_UNIX); s.bind('\(path)'); s.listen(); s.accept()",
                in: machine))
        let port = try #require(dyno.port)
        for await event in dyno.events(from: 0) {
            if case .bound = event { Issue.record("bound on a Unix socket") }
            guard case .note(let note) = event else { continue }
            #expect(note == "listens on the Unix socket \(path), not on $PORT (\(port))")
            break
        }
        await dyno.release()
        unlink(path)
        try await machine.leave()
    }

    @Test("and stops listening later is told of, and again when it is back")
    func unbound() async throws {
        let machine = try Machine(.best)
        let dyno = try await machine.host.start(
            python(
                Self.listening() + """
                    s = listen()
                    signal.signal(signal.SIGUSR1, lambda *_: None)
                    signal.pause(); s.close()
                    signal.pause(); s = listen()
                    while True: signal.pause()
                    """, in: machine))
        let port = try #require(dyno.port)
        var seen: [String] = []
        for await event in dyno.events(from: 0) {
            switch event {
            case .bound: seen.append("bound")
            case .note(let note): seen.append(note)
            default: continue
            }
            if seen.count == 3 { break }
            await dyno.signal(10)
        }
        #expect(
            seen == ["bound", "listens no longer on $PORT (\(port))", "listens on $PORT (\(port)) again"])
        await dyno.release()
        try await machine.leave()
    }

    @Test("and ends because somebody has its port, names the thief", arguments: SandboxLevel.possible)
    func thief(_ level: SandboxLevel) async throws {
        let machine = try Machine(level)
        let layer = try machine.layer("gate")
        let dyno = try await machine.host.start(
            machine.spec(
                "until (exec 3<>/dev/tcp/127.0.0.1/$PORT) 2>/dev/null; do sleep 0.05; done; exit 98", layers: [layer],
                wantsPort: true))
        let port = try #require(dyno.port)
        // Another dyno of this host: it is found by its shim.
        let other = try await machine.host.start(
            machine.spec(
                "exec python3 -c 'import socket; s = socket.create_server((\"0.0.0.0\", \(port))); s.accept(); s.accept()'"
            ))
        let transcript = await Transcript(dyno.events(from: 0))
        let thief = try #require(
            transcript.events.compactMap { if case .portTaken(let thief) = $0 { thief } else { nil } }.first)
        #expect(!transcript.isBound)
        #expect(thief.dyno == other.id)
        #expect(thief.program?.hasPrefix("python3") == true)
        #expect(thief.port == port)
        await dyno.release()
        await other.release()
        try await machine.leave()
    }

    @Test("and forks into the background ends with its command, which a note says", arguments: SandboxLevel.possible)
    func daemonises(_ level: SandboxLevel) async throws {
        let machine = try Machine(level)
        let transcript = try await machine.output(
            of: python(
                Self.listening() + """
                    if os.fork() == 0:
                        os.setsid(); s = listen(); time.sleep(600)
                    time.sleep(0.3)
                    """, in: machine))
        #expect(transcript.ending == .code(0))
        let program = try #require(transcript.notes.first?.firstMatch(of: /left (\S+) in the background/)?.1)
        #expect(program.hasPrefix("python3"))
        #expect(
            transcript.notes == [
                "the command has ended and left \(program) in the background, which ends with it: run it in the foreground"
            ])
        try await machine.leave()
    }
}

extension Transcript {
    var isBound: Bool { events.contains { if case .bound = $0 { true } else { false } } }
    var lost: LostFiles? { events.lazy.compactMap { if case .lost(let files) = $0 { files } else { nil } }.first }
}
