import Dyno
import Model
import Posix
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite("A dyno's sandbox", .timeLimit(.minutes(2)))
struct SandboxTests {
    static var withRoot: [SandboxLevel] { SandboxLevel.possible.filter(\.hasAppFolder) }

    @Test("shows the slug's layers at HOME, the uppermost first", arguments: SandboxLevel.possible)
    func layers(_ level: SandboxLevel) async throws {
        let machine = try Machine(level)
        let upper = try machine.layer("upper", ["same": "upper"])
        let lower = try machine.layer("a:b,c", ["same": "lower", "bin/tool": "tool"])
        let transcript = try await machine.run(
            "cat same bin/tool; echo; [ $PWD = $HOME ] && echo home", layers: [upper, lower])
        #expect(transcript.lines == ["uppertool", "home"])
        try await machine.leave()
    }

    @Test(
        "lets a dyno change its files without changing the slug, and throws the changes away",
        arguments: SandboxLevel.possible)
    func ephemeral(_ level: SandboxLevel) async throws {
        let machine = try Machine(level)
        let layer = try machine.layer("slug", ["kept": "as it was", "gone": "x"])
        let script = "echo more >> kept; rm gone; mkdir new; cat kept; ls; echo $HOME"
        for _ in 0..<2 {
            let transcript = try await machine.run(script, layers: [layer])
            #expect(transcript.lines.dropLast() == ["as it wasmore", "kept", "new"])
            if level.hasAppFolder { #expect(transcript.lines.last == "/app") }
        }
        #expect(try FileTree.readText("\(layer)/kept") == "as it was")
        #expect(try FileTree.names(in: "\(machine.home)/run/dynos") == [])
        try await machine.leave()
    }

    @Test("hides homes, the platform's own folder and other processes", arguments: withRoot)
    func isolation(_ level: SandboxLevel) async throws {
        let machine = try Machine(level)
        let script = """
            ls \(machine.home) /root/.bashrc /home/* 2>/dev/null; ls /run /var/tmp /tmp
            [ -e /work ] && echo work; touch /usr/x /etc/x /x 2>/dev/null && echo written
            echo /proc/[0-9]* | wc -w
            """
        let transcript = try await machine.run(script)
        #expect(transcript.lines.dropLast() == ["/run:", "", "/tmp:", "", "/var/tmp:"])
        let processes = try #require(transcript.lines.last.flatMap { Int($0) })
        // Where there is no process namespace, /proc is the machine's.
        if level != .l1b { #expect(processes < 8) }
        try await machine.leave()
    }

    @Test("leaves a dyno no rights and no way to gain some", arguments: SandboxLevel.possible)
    func rights(_ level: SandboxLevel) async throws {
        let machine = try Machine(level)
        let transcript = try await machine.run(
            "grep -E '^(CapPrm|CapEff|CapAmb|NoNewPrivs)' /proc/self/status; id -u; id -G; ulimit -c")
        let user = geteuid() == 0 ? "30007" : String(geteuid())
        let nothing = "0000000000000000"
        #expect(
            transcript.lines == [
                "CapPrm:\t\(nothing)", "CapEff:\t\(nothing)", "CapAmb:\t\(nothing)", "NoNewPrivs:\t1", user, user, "0",
            ])
        try await machine.leave()
    }

    @Test("gives a dyno its devices, name service and time", arguments: withRoot)
    func devices(_ level: SandboxLevel) async throws {
        let machine = try Machine(level)
        let script = """
            echo to-stdout > /dev/stdout; echo to-stderr > /dev/stderr; echo x > /dev/null
            head -c 4 /dev/urandom | wc -c; touch /dev/shm/x && echo shared; mktemp >/dev/null && echo temporary
            id -un | grep -c '^u'; getent hosts localhost >/dev/null && echo localhost
            cat /etc/resolv.conf >/dev/null && echo resolver; (exec 3<>/dev/ptmx) && echo terminals
            """
        let transcript = try await machine.run(script)
        #expect(
            transcript.lines == [
                "to-stdout", "to-stderr", "4", "shared", "temporary", "1", "localhost", "resolver", "terminals",
            ])
        try await machine.leave()
    }

    @Test("knows the hosts of the platform, those too that came after it started", arguments: withRoot)
    func hosts(_ level: SandboxLevel) async throws {
        let machine = try Machine(level)
        try await machine.host.resolve(["first.localhost"])
        let dyno = try await machine.host.start(
            machine.spec(
                """
                getent hosts first.localhost >/dev/null && echo first
                until getent hosts second.localhost >/dev/null; do sleep 0.01; done; echo second
                """))
        var lines: [String] = []
        for await event in dyno.events(from: 0) {
            guard case .line(let message, _, _) = event else { continue }
            lines.append(String(decoding: message, as: UTF8.self))
            if lines == ["first"] { try await machine.host.resolve(["first.localhost", "second.localhost"]) }
        }
        #expect(lines == ["first", "second"])
        await dyno.release()
        try await machine.leave()
    }

    @Test("sources .profile.d in order, then .profile, whether or not one fails", arguments: SandboxLevel.possible)
    func profiles(_ level: SandboxLevel) async throws {
        let machine = try Machine(level)
        let layer = try machine.layer(
            "slug",
            [
                ".profile.d/b.sh": "export ORDER=\"$ORDER b\"",
                ".profile.d/a.sh": "export ORDER=a; false; no-such-thing",
                ".profile.d/c.txt": "export ORDER=never", ".profile": "export ORDER=\"$ORDER profile\"",
            ])
        let transcript = try await machine.run("echo $ORDER '$X' \"it's\"", layers: [layer])
        #expect(transcript.lines.last == "a b profile $X it's")
        try await machine.leave()
    }

    @Test("gives a dyno exactly its environment", arguments: SandboxLevel.possible)
    func environment(_ level: SandboxLevel) async throws {
        let machine = try Machine(level)
        let transcript = try await machine.run(
            "env", environment: ["A": "1\n2", "TERM": "xterm", "PATH": "/usr/bin:/bin"])
        let text = transcript.lines.filter { !$0.hasPrefix("SHLVL=") && !$0.hasPrefix("_=") }.sorted()
        let home = try #require(text.first { $0.hasPrefix("HOME=") }).dropFirst(5)
        #expect(text == ["2", "A=1", "HOME=\(home)", "PATH=/usr/bin:/bin", "PWD=\(home)", "TERM=xterm"])
        try await machine.leave()
    }

    @Test("builds in a tree that stays, with a cache and finished layers beside it", arguments: SandboxLevel.possible)
    func build(_ level: SandboxLevel) async throws {
        let machine = try Machine(level)
        let tree = try machine.layer("tree", ["source": "s", ".profile.d/x.sh": "echo sourced"])
        let cache = try machine.layer("cache")
        let layer = try machine.layer("layer", ["tool": "finished"])
        let pack = try machine.layer("pack", ["script": "of the pack"])
        let name = try #require(DynoName("build.1"))
        let spec = DynoSpec(
            app: AppID(), appOrdinal: 7, name: name,
            content: .build(.init(tree: tree, cache: cache, overlays: [(layer, ".deps/python")], readable: [pack])),
            command: """
                cat source .deps/python/tool \(pack)/script; echo; echo made > made; echo cached > $CACHE/cached
                echo x 2>/dev/null > \(pack)/script || echo refused; [ $PWD = $HOME ] && echo home
                """, environment: ["CACHE": level.hasAppFolder ? "/cache" : cache])
        let transcript = try await machine.output(of: spec)
        // Without namespaces or a user of its own, a dyno can write what its owner can.
        let refused = level.hasAppFolder || geteuid() == 0 ? ["refused"] : []
        #expect(transcript.lines == ["sfinishedof the pack"] + refused + ["home"])
        #expect(try FileTree.readText("\(tree)/made") == "made\n")
        #expect(try FileTree.readText("\(cache)/cached") == "cached\n")
        #expect(!FileTree.exists("\(tree)/.deps/python/tool"))
        try await machine.leave()
    }

    @Test("leaves nothing behind: no mount, process or folder", arguments: SandboxLevel.possible)
    func nothingLeft(_ level: SandboxLevel) async throws {
        let machine = try Machine(level)
        let layer = try machine.layer("slug", ["file": "x"])
        let dyno = try await machine.host.start(machine.spec("echo x > file; sleep 60", layers: [layer]))
        let shim = dyno.shimProcessID
        #expect(Processes.isAlive(shim))
        await machine.host.removeEverything()
        #expect(try await eventually { !Processes.isAlive(shim) })
        #expect(try !FileTree.readText("/proc/self/mountinfo").contains(machine.home))
        #expect(try FileTree.names(in: "\(machine.home)/run") == [])
        try await machine.leave()
    }

    @Test("works for an ordinary user", .needsRoot, arguments: [SandboxLevel.l1, .l1b, .l2, .l3])
    func ordinaryUser(_ level: SandboxLevel) async throws {
        let owner = try Owner(user: 4321)
        let layer = try owner.layer(["hello": "hello"])
        let lines = try await owner.run(level, "start", "id -u; cat hello; echo x >> hello; exit 4", layer)
        #expect(lines == ["launched", "line 4321", "line hello", "lost hello", "ended status 4"])
        #expect(try FileTree.names(in: "\(owner.home)/run/dynos") == [])
        try owner.leave()
    }

    @Test("has the best level for an ordinary user without being told", .needsRoot)
    func probe() async throws {
        let owner = try Owner(user: 4321)
        #expect(try await owner.run(nil, "sandbox") == ["L1"])
        try owner.leave()
        let machine = try Machine(.l0)
        #expect(await machine.host.sandbox().level == .l0)
        #expect(await machine.host.sandbox().missing == [])
        try await machine.leave()
    }
}
