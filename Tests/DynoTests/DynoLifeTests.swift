import Dyno
import Model
import Posix
import Testing

@Suite("A dyno", .timeLimit(.minutes(2)))
struct DynoLifeTests {
    @Test("reports the exit status of its command", arguments: [0, 1, 3, 127])
    func status(_ status: Int) async throws {
        let machine = try Machine(.best)
        let transcript = try await machine.run(status == 127 ? "no-such-program-here" : "exit \(status)")
        #expect(transcript.events.first == .launched)
        #expect(transcript.ending == .code(Int32(status)))
        try await machine.leave()
    }

    @Test("reports the signal that ended it", arguments: SandboxLevel.possible)
    func signal(_ level: SandboxLevel) async throws {
        let machine = try Machine(level)
        #expect(try await machine.run("kill -SEGV $$").ending == .signal(11))
        try await machine.leave()
    }

    @Test("passes its lines on whole, the last one without a newline too", arguments: SandboxLevel.possible)
    func lines(_ level: SandboxLevel) async throws {
        let machine = try Machine(level)
        let transcript = try await machine.run("echo one; echo; echo two >&2; printf three")
        #expect(transcript.lines == ["one", "", "two", "three"])
        try await machine.leave()
    }

    @Test("can write 10 MB without a newline")
    func longLine() async throws {
        let machine = try Machine(.best)
        let transcript = try await machine.run("head -c 10000000 /dev/zero | tr '\\0' x; echo; echo end")
        #expect(transcript.lines.dropLast().allSatisfy { $0.utf8.count == 10_000 })
        #expect(transcript.lines.count == 1001)
        #expect(transcript.lines.last == "end")
        #expect(transcript.dropped == 0)
        try await machine.leave()
    }

    @Test("that writes more than the spool holds while nobody reads is not held up, and the gap is told")
    func overflow() async throws {
        let machine = try Machine(.best)
        let spec = try machine.spec("yes 0123456789abcdef | head -c 39999997; echo end")
        let dyno = try await machine.host.start(spec)
        let exitFile = "\(machine.home)/run/dynos/\(dyno.id)/exit"
        #expect(try await eventually { FileTree.exists(exitFile) })
        let transcript = await Transcript(dyno.events(from: 0))
        #expect(transcript.lines.last == "end")
        #expect(transcript.dropped > 20_000_000)
        let positions = transcript.events.compactMap {
            if case .line(_, _, let position) = $0 { position } else { nil }
        }
        #expect(positions.last == 40_000_001)
        #expect(UInt64(transcript.lines.count * 17) > 40_000_000 - transcript.dropped - 100)
        await dyno.release()
        try await machine.leave()
    }

    @Test("passes bytes that are no UTF-8 on unchanged")
    func bytes() async throws {
        let machine = try Machine(.best)
        let transcript = try await machine.run("printf 'a\\377\\376b\\n'")
        let messages = transcript.events.compactMap { if case .line(let message, _, _) = $0 { message } else { nil } }
        #expect(messages == [[0x61, 0xFF, 0xFE, 0x62]])
        try await machine.leave()
    }

    @Test("gets a while to finish after SIGTERM", arguments: SandboxLevel.possible)
    func stops(_ level: SandboxLevel) async throws {
        let machine = try Machine(level)
        let dyno = try await machine.host.start(
            machine.spec("trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.01; done"))
        var lines: [String] = []
        for await event in dyno.events(from: 0) {
            guard case .line(let message, _, _) = event else { continue }
            let line = String(decoding: message, as: UTF8.self)
            // bash says so of the `sleep` that was told to stop as well.
            if line != "Terminated" { lines.append(line) }
            if lines == ["ready"] { Task { await dyno.stop(grace: .seconds(20)) } }
        }
        let (ending, killed) = await dyno.stop(grace: .seconds(1))
        #expect(lines == ["ready", "bye"])
        #expect(ending == .code(0))
        #expect(!killed)
        await dyno.release()
        try await machine.leave()
    }

    @Test(
        "adds no words of a shell's to what the app says when it is stopped", arguments: SandboxLevel.possible,
        [
            "echo ready; sleep 600", "echo ready; sleep 600; echo after", "bash -c 'echo ready; sleep 600; true'; true",
            "echo ready; sleep 600 | cat; true",
        ])
    func silent(_ level: SandboxLevel, _ command: String) async throws {
        let machine = try Machine(level)
        let dyno = try await machine.host.start(machine.spec(command))
        var lines: [String] = []
        for await event in dyno.events(from: 0) {
            guard case .line(let message, _, _) = event else { continue }
            lines.append(String(decoding: message, as: UTF8.self))
            if lines == ["ready"] { Task { await dyno.stop(grace: .seconds(20)) } }
        }
        let (ending, killed) = await dyno.stop(grace: .seconds(1))
        #expect(lines == ["ready"])
        #expect(ending == .signal(15))
        #expect(!killed)
        await dyno.release()
        try await machine.leave()
    }

    @Test("that ignores SIGTERM is killed after its grace", arguments: SandboxLevel.possible)
    func killed(_ level: SandboxLevel) async throws {
        let machine = try Machine(level)
        let dyno = try await machine.host.start(machine.spec("trap '' TERM; echo ready; while :; do sleep 1; done"))
        for await event in dyno.events(from: 0) {
            if case .line = event { break }
        }
        let (ending, killed) = await dyno.stop(grace: .milliseconds(200))
        #expect(ending == .signal(9))
        #expect(ending.status == 137)
        #expect(killed)
        await dyno.release()
        try await machine.leave()
    }

    @Test("tells processes that left its session to stop, too", arguments: SandboxLevel.possible)
    func escapee(_ level: SandboxLevel) async throws {
        let machine = try Machine(level)
        let escapee = "trap 'echo escapee stops; exit' TERM; echo ready; while :; do sleep 0.01; done"
        let dyno = try await machine.host.start(
            machine.spec("setsid bash -c \"\(escapee)\" & trap 'wait; exit 0' TERM; wait"))
        let events = dyno.events(from: 0)
        var lines: [String] = []
        for await event in events {
            guard case .line(let message, _, _) = event else { continue }
            let line = String(decoding: message, as: UTF8.self)
            // bash says so of the `sleep` that was told to stop as well.
            if line != "Terminated" { lines.append(line) }
            if lines == ["ready"] { Task { await dyno.stop(grace: .seconds(20)) } }
        }
        #expect(lines == ["ready", "escapee stops"])
        await dyno.release()
        try await machine.leave()
    }

    @Test("ends with its command, and takes daemons that it made along", arguments: SandboxLevel.possible)
    func daemon(_ level: SandboxLevel) async throws {
        let machine = try Machine(level)
        let mark = "86\(Int.random(in: 100_000...999_999))"
        let transcript = try await machine.run("(setsid sleep \(mark) &) ; sleep 0.1; echo done")
        #expect(transcript.lines == ["done"])
        #expect(transcript.ending == .code(0))
        #expect(try await eventually { try !Processes.exist(withArgument: mark) })
        try await machine.leave()
    }

    @Test("has its config vars where no other process's arguments show them", arguments: SandboxLevel.possible)
    func secrets(_ level: SandboxLevel) async throws {
        let machine = try Machine(level)
        let dyno = try await machine.host.start(
            machine.spec("echo $SECRET; sleep 60", environment: ["SECRET": "hidden-value"]))
        for await event in dyno.events(from: 0) {
            guard case .line(let message, _, _) = event else { continue }
            #expect(message == Array("hidden-value".utf8))
            break
        }
        for file in ["cmdline", "environ"] {
            let text = try FileTree.readText("/proc/\(dyno.shimProcessID)/\(file)")
            #expect(!text.contains("hidden-value"))
        }
        #expect(try !Processes.exist(withArgument: "hidden-value"))
        await dyno.release()
        try await machine.leave()
    }

    @Test("may have the name of another that runs")
    func twins() async throws {
        let machine = try Machine(.best)
        let first = try await machine.host.start(machine.spec("echo $PORT; sleep 60", wantsPort: true))
        let second = try await machine.host.start(machine.spec("echo $PORT; sleep 60", wantsPort: true))
        #expect(first.name == second.name)
        #expect(first.id != second.id)
        #expect(first.port != nil)
        #expect(first.port != second.port)
        await first.release()
        await second.release()
        try await machine.leave()
    }

    @Test("that cannot be set up is a failure with a reason, and leaves nothing")
    func failure() async throws {
        let machine = try Machine(.best)
        await #expect(throws: DynoStartFailure.self) {
            _ = try await machine.host.start(machine.spec("true", layers: ["/no/such/layer"]))
        }
        #expect(try FileTree.names(in: "\(machine.home)/run/dynos") == [])
        try await machine.leave()
    }
}

enum Processes {
    /// Whether a process has an argument with that in it.
    static func exist(withArgument text: String) throws -> Bool {
        try FileTree.names(in: "/proc").contains { name in
            guard Int32(name) != nil, let line = try? FileTree.readText("/proc/\(name)/cmdline") else { return false }
            return line.contains(text)
        }
    }

    static func isAlive(_ process: Int32) -> Bool { FileTree.exists("/proc/\(process)") }

    static func parent(_ process: Int32) -> Int32? {
        let lines = (try? FileTree.readText("/proc/\(process)/status"))?.split(separator: "\n") ?? []
        return lines.first { $0.hasPrefix("PPid:") }.flatMap { Int32($0.filter(\.isNumber)) }
    }
}
