import Model
import Posix
import Testing

@testable import Dyno

#if canImport(Glibc)
    import Glibc
#endif

@Suite("A command beside a dyno's own", .timeLimit(.minutes(2)))
struct ExecutionTests {
    /// Runs a command in a dyno that waits, and gives what it wrote and how it ended.
    private func run(
        _ command: String, in dyno: RunningDyno, input: [UInt8] = [], environment: [String: String] = [:]
    ) async throws -> (text: String, ending: Ending) {
        let attachment = try await dyno.execute(
            DynoExecution(command: command, environment: environment, streams: .pipes))
        try await attachment.write(input)
        try await attachment.closeInput()
        var bytes: [UInt8] = []
        for await part in attachment.output { bytes += part }
        return (String(decoding: bytes, as: UTF8.self), await attachment.ending())
    }

    private func waiting(on machine: Machine, _ command: String = "echo own > mark; exec sleep 600") async throws
        -> RunningDyno
    {
        let layer = try machine.layer("app", ["Procfile": "web: x\n"])
        return try await machine.host.start(
            machine.spec(command, layers: [layer], environment: ["SETTING": "from config"]))
    }

    @Test(
        "is where the dyno is: its files, its user, its environment, and no more rights",
        arguments: SandboxLevel.possible)
    func place(_ level: SandboxLevel) async throws {
        let machine = try Machine(level)
        let dyno = try await waiting(on: machine)
        let told = try await run(
            "until [ -s mark ]; do sleep 0.01; done; cat mark Procfile; echo $SETTING $TERM; pwd; echo $HOME", in: dyno,
            environment: ["TERM": "xterm"])
        let lines = told.text.split(separator: "\n").map(String.init)
        #expect(lines.prefix(3) == ["own", "web: x", "from config xterm"] && told.ending == .code(0), "\(told)")
        #expect(lines.count == 5 && lines[3] == lines[4] && (level == .l3 || lines[4] == "/app"), "\(lines)")
        let status = "grep -E '^(CapPrm|CapEff|NoNewPrivs|Uid|Seccomp):' /proc/self/status"
        let own = try await run(status, in: dyno)
        let rights = own.text.split(separator: "\n").filter { $0.hasPrefix("Cap") }
        #expect(rights.count == 2 && rights.allSatisfy { $0.hasSuffix("\t0000000000000000") }, "\(own)")
        #expect(own.text.contains("NoNewPrivs:\t1"), "\(own)")
        // The dyno's own command runs as the same user.
        let users = try await run("test $(id -u) = $(stat -c %u mark) && echo same", in: dyno)
        #expect(users.text == "same\n", "\(users)")
        await dyno.release()
        try await machine.leave()
    }

    @Test("sees the dyno's processes", .enabled(if: SandboxLevel.best.hasProcessNamespace))
    func processes() async throws {
        let machine = try Machine(.best)
        let dyno = try await waiting(on: machine)
        // In the moment of an exec a process has no words.
        let told = try await run("until tr '\\0' ' ' < /proc/2/cmdline | grep .; do :; done", in: dyno)
        #expect(told.text == "sleep 600 \n" || told.text.hasPrefix("bash"), "\(told)")
        await dyno.release()
        try await machine.leave()
    }

    @Test("passes its exit code, or the signal that ended it", arguments: SandboxLevel.possible)
    func codes(_ level: SandboxLevel) async throws {
        let machine = try Machine(level)
        let dyno = try await waiting(on: machine)
        #expect(try await run("exit 7", in: dyno).ending == .code(7))
        #expect(try await run("kill -KILL $$", in: dyno).ending == .signal(9))
        #expect(try await run("no-such-command 2>/dev/null", in: dyno).ending == .code(127))
        await dyno.release()
        try await machine.leave()
    }

    @Test("takes what a pipe brings, to its end, and gives all of it back")
    func pipes() async throws {
        let machine = try Machine(.best)
        let dyno = try await waiting(on: machine)
        let attachment = try await dyno.execute(DynoExecution(command: "cat", environment: [:], streams: .pipes))
        let sent = (0..<8_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        async let writing: Void = {
            try await attachment.write(sent)
            try await attachment.closeInput()
        }()
        var received: [UInt8] = []
        received.reserveCapacity(sent.count)
        for await bytes in attachment.output { received += bytes }
        try await writing
        #expect(received == sent)
        #expect(await attachment.ending() == .code(0))
        await dyno.release()
        try await machine.leave()
    }

    @Test("has a terminal of its own, with its size and ^C", arguments: SandboxLevel.possible)
    func terminal(_ level: SandboxLevel) async throws {
        let machine = try Machine(level)
        let dyno = try await waiting(on: machine)
        let attachment = try await dyno.execute(
            DynoExecution(
                command: "stty size; tty >/dev/null && echo here; : >/dev/tty && echo mine; sleep 60", environment: [:],
                streams: .terminal(rows: 33, columns: 99)))
        var text = ""
        for await bytes in attachment.output {
            let before = text
            text += String(decoding: bytes, as: UTF8.self)
            if text.contains("mine"), !before.contains("mine") { try await attachment.write([3]) }
        }
        #expect(text == "33 99\r\nhere\r\nmine\r\n^C")
        #expect(await attachment.ending().status == 130)
        await dyno.release()
        try await machine.leave()
    }

    @Test("ends with its dyno, which does not wait for a shell at its prompt", arguments: SandboxLevel.possible)
    func endsWithDyno(_ level: SandboxLevel) async throws {
        let machine = try Machine(level)
        let dyno = try await waiting(on: machine)
        let attachment = try await dyno.execute(
            DynoExecution(
                command: "PS1='ready ' exec bash --norc --noprofile -i", environment: [:],
                streams: .terminal(rows: 24, columns: 80)))
        var text = ""
        var stopping: Task<(ending: Ending, killed: Bool), Never>?
        for await bytes in attachment.output {
            text += String(decoding: bytes, as: UTF8.self)
            if text.contains("ready "), stopping == nil { stopping = Task { await dyno.stop(grace: .seconds(60)) } }
        }
        _ = await attachment.ending()
        let stopped = try #require(await stopping?.value)
        #expect(stopped.ending == .signal(15) && !stopped.killed)
        await dyno.release()
        try await machine.leave()
    }

    @Test("is hung up on when its client goes", arguments: SandboxLevel.possible)
    func hangUp(_ level: SandboxLevel) async throws {
        let machine = try Machine(level)
        let dyno = try await waiting(on: machine, "until [ -s told ]; do sleep 0.01; done; cat told")
        var attachment: DynoAttachment? = try await dyno.execute(
            DynoExecution(
                // Bash tells of the sleep that was hung up on too, where nobody reads any more.
                command:
                    "exec 2>/dev/null; trap 'echo hung up > told; exit' HUP; echo ready; while :; do sleep 0.01; done",
                environment: [:], streams: .pipes))
        if let output = attachment?.output {
            for await bytes in output where String(decoding: bytes, as: UTF8.self).contains("ready") { break }
        }
        attachment = nil
        let transcript = await Transcript(dyno.events(from: 0))
        #expect(transcript.lines == ["hung up"])
        await dyno.release()
        try await machine.leave()
    }

    @Test("is refused for a dyno whose shim is older, with what to type")
    func olderShim() async throws {
        var ends: [[Int32]] = []
        for _ in 0..<2 { ends.append(try Sockets.pair()) }
        let (reactor, folder) = (try Reactor(), RunFolder(path: "/nonexistent"))
        let record = DynoRecord(
            id: DynoID(), app: AppID(), name: try #require(DynoName("web.1")), tags: [:], command: "x",
            startedAt: Timestamp(microseconds: 0), port: nil, size: .basic, level: .l3, isInteractive: false)
        let link = ShimLink(
            folder: folder, socket: try AsyncStreamSocket(Descriptor(owning: ends[0][0]), reactor: reactor))
        let second = ends[1][0]
        let dyno = RunningDyno(
            record, link: link,
            leaving: .init(
                connect: { try AsyncStreamSocket(Descriptor(owning: second), reactor: reactor) }, store: { _ in },
                remove: {}))
        let shim = Descriptor(owning: ends[1][1])
        try shim.writeAll(ShimReport.hello(version: 1, shim: 1).frame.bytes)
        do {
            _ = try await dyno.execute(DynoExecution(command: "x", environment: [:], streams: .pipes))
            Issue.record("an older shim cannot do it")
        } catch let failure as DynoExecutionFailure {
            #expect(failure.explanation.mend == ["paas ps:restart --dyno-name web.1"])
        }
        close(ends[0][1])
    }
}

private enum Sockets {
    static func pair() throws -> [Int32] {
        var pair: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0 else {
            throw PosixError.last("socketpair")
        }
        return pair
    }
}
