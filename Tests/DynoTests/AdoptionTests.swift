import Dyno
import Model
import Posix
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite("A dyno whose daemon dies", .timeLimit(.minutes(2)))
struct AdoptionTests {
    @Test("runs on, and a new daemon gets every line", arguments: SandboxLevel.possible)
    func adopted(_ level: SandboxLevel) async throws {
        let machine = try Machine(level)
        let owner = try Owner(home: machine.home)
        let script = "for i in $(seq 1 5000); do echo line $i; done; echo $SECRET; read -t 60 < <(sleep 60); echo never"
        let (process, id) = try owner.start(level, "leave", script)
        kill(process, SIGKILL)
        _ = try Subprocess.wait(process)

        let dynos = await machine.successor().adopt()
        let dyno = try #require(dynos.first)
        #expect(dynos.count == 1)
        #expect(dyno.id.description == id)
        #expect(dyno.tags == ["version": "v3"])
        #expect(dyno.command == script)
        var lines: [String] = []
        var last: UInt64 = 0
        for await event in dyno.events(from: 0) {
            guard case .line(let message, _, let position) = event else { continue }
            lines.append(String(decoding: message, as: UTF8.self))
            last = position
            if lines.last == "hidden-value" { break }
        }
        #expect(lines == (1...5000).map { "line \($0)" } + ["hidden-value"])

        // A third one goes on where the second has stopped.
        let third = try #require(await machine.successor().adopt().first)
        async let stopped = third.stop(grace: .seconds(5))
        let rest = await Transcript(third.events(from: last))
        #expect(rest.lines.filter { $0 != "Terminated" } == [])
        #expect(await stopped.ending.status == 143)
        #expect(rest.ending?.status == 143)
        await third.release()
        try await machine.leave()
    }

    @Test("and that ends meanwhile, tells the next daemon how", arguments: SandboxLevel.possible)
    func endedMeanwhile(_ level: SandboxLevel) async throws {
        let machine = try Machine(level)
        let owner = try Owner(home: machine.home)
        let gate = try machine.layer("gate")
        let (process, id) = try owner.start(level, "leave", "echo before; sleep 0.3; echo after; exit 42", gate)
        kill(process, SIGKILL)
        _ = try Subprocess.wait(process)
        let exitFile = "\(machine.home)/run/dynos/\(id)/exit"
        #expect(try await eventually { FileTree.exists(exitFile) })
        let dyno = try #require(await machine.host.adopt().first)
        let transcript = await Transcript(dyno.events(from: 0))
        #expect(transcript.lines == ["before", "after"])
        #expect(transcript.ending == .code(42))
        await dyno.release()
        #expect(try FileTree.names(in: "\(machine.home)/run/dynos") == [])
        try await machine.leave()
    }

    @Test("ends with its shim, when that is killed, and is lost", arguments: SandboxLevel.possible)
    func shimKilled(_ level: SandboxLevel) async throws {
        let machine = try Machine(level)
        let mark = "87\(Int.random(in: 100_000...999_999))"
        let dyno = try await machine.host.start(machine.spec("setsid sleep \(mark) & echo last words; sleep \(mark)"))
        var last: [UInt8] = []
        var endings: [Ending] = []
        for await event in dyno.events(from: 0) {
            if case .line(let message, _, _) = event {
                last = message
                kill(dyno.shimProcessID, SIGKILL)
            }
            if case .ended(let ending) = event { endings.append(ending) }
        }
        #expect(String(decoding: last, as: UTF8.self) == "last words")
        #expect(endings == [.lost])
        #expect(try await eventually { try !Processes.exist(withArgument: mark) })
        await dyno.release()
        #expect(try FileTree.names(in: "\(machine.home)/run/dynos") == [])
        try await machine.leave()
    }

    @Test("together with its shim, is reported lost with what it had said", arguments: SandboxLevel.possible)
    func bothKilled(_ level: SandboxLevel) async throws {
        let machine = try Machine(level)
        let owner = try Owner(home: machine.home)
        let (process, _) = try owner.start(level, "leave", "echo last words; sleep 600")
        let first = try #require(await machine.host.adopt().first)
        for await event in first.events(from: 0) { if case .line = event { break } }
        kill(first.shimProcessID, SIGKILL)
        kill(process, SIGKILL)
        _ = try Subprocess.wait(process)
        let dyno = try #require(await machine.successor().adopt().first)
        let transcript = await Transcript(dyno.events(from: 0))
        #expect(transcript.lines == ["last words"])
        #expect(transcript.ending == .lost)
        await dyno.release()
        try await machine.leave()
    }

    @Test("with the tags that were noted last")
    func noted() async throws {
        let machine = try Machine(.best)
        let dyno = try await machine.host.start(machine.spec("sleep 600", tags: ["role": "incoming"]))
        await dyno.note(["role": "formation"])
        let adopted = try #require(await machine.successor().adopt().first)
        #expect(adopted.tags == ["role": "formation"])
        #expect(adopted.command == dyno.command && adopted.startedAt == dyno.startedAt)
        await adopted.release()
        try await machine.leave()
    }

    @Test("and that has an older shim, is adopted, read, stopped and released in the words of then")
    func oldShim() async throws {
        let machine = try Machine(.best)
        let shim = try OldShim(in: machine.home, level: .best, saying: "one\ntwo\n")
        let dyno = try #require(await machine.host.adopt().first)
        #expect(dyno.id == shim.id && dyno.port == 20_123 && dyno.size == .basic)
        #expect(dyno.tags == ["role": "formation", "release": "3"])
        async let transcript = Transcript(dyno.events(from: 0))
        // Kinds that it does not know are passed over.
        await dyno.signal(1)
        let (ending, wasKilled) = await dyno.stop(grace: .seconds(1))
        #expect(ending == .signal(15) && !wasKilled)
        let heard = await transcript
        #expect(heard.lines == ["one", "two"])
        #expect(heard.events.contains(.bound(.tcp(address: "127.0.0.1", port: 20_123))))
        await dyno.release()
        #expect(try FileTree.names(in: "\(machine.home)/run/dynos") == [])
        try await machine.leave()
    }

    @Test("and whose shim answers nobody, is ended with it", arguments: SandboxLevel.possible)
    func hungShim(_ level: SandboxLevel) async throws {
        let machine = try Machine(level)
        let mark = "86\(Int.random(in: 100_000...999_999))"
        let dyno = try await machine.host.start(machine.spec("setsid sleep \(mark) & echo here; sleep \(mark)"))
        for await event in dyno.events(from: 0) { if case .line = event { break } }
        kill(dyno.shimProcessID, SIGSTOP)
        let adopted = try #require(await machine.successor().adopt().first)
        let transcript = await Transcript(adopted.events(from: 0))
        #expect(transcript.lines == ["here"])
        #expect(transcript.ending == .lost)
        #expect(try await eventually { try !Processes.exist(withArgument: mark) })
        await adopted.release()
        try await machine.leave()
    }

    @Test("and whose record nobody can read, is ended and removed", arguments: SandboxLevel.possible)
    func unreadable(_ level: SandboxLevel) async throws {
        let machine = try Machine(level)
        let mark = "85\(Int.random(in: 100_000...999_999))"
        let dyno = try await machine.host.start(machine.spec("setsid sleep \(mark) & sleep \(mark)"))
        try FileTree.write([0xFF, 0xFF, 1, 2, 3], to: "\(machine.home)/run/dynos/\(dyno.id)/dyno")
        #expect(await machine.successor().adopt().isEmpty)
        #expect(try await eventually { try !Processes.exist(withArgument: mark) })
        #expect(try FileTree.names(in: "\(machine.home)/run/dynos") == [])
        try await machine.leave()
    }

    @Test("leaves no folder that holds nothing: it is removed at the next start")
    func empty() async throws {
        let machine = try Machine(.best)
        try FileTree.makeFolder("\(machine.home)/run/dynos/\(DynoID())")
        #expect(await machine.host.adopt().isEmpty)
        #expect(try FileTree.names(in: "\(machine.home)/run/dynos") == [])
        try await machine.leave()
    }
}
