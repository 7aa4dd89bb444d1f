import Dyno
import Model
import Posix
import Testing

@Suite("An attached dyno", .timeLimit(.minutes(1)))
struct AttachmentTests {
    @Test("has a terminal of the client's size, which follows it", arguments: SandboxLevel.possible)
    func terminal(_ level: SandboxLevel) async throws {
        let machine = try Machine(level)
        let script = """
            trap 'changed=yes' WINCH; tty -s && stty size; echo ready; read -r line; echo $changed; stty size
            read -r line; exit 37
            """
        let dyno = try await machine.host.start(machine.spec(script, streams: .terminal(rows: 24, columns: 80)))
        let attachment = try await dyno.attach()
        var text = ""
        for await bytes in attachment.output {
            let before = text
            text += String(decoding: bytes, as: UTF8.self)
            if text.contains("ready"), !before.contains("ready") {
                try await attachment.resize(rows: 50, columns: 132)
                try await attachment.write(Array("go\n".utf8))
            }
            if text.contains("50 132"), !before.contains("50 132") { try await attachment.write(Array("done\n".utf8)) }
        }
        #expect(text.hasPrefix("24 80\r\nready\r\n"))
        #expect(text.contains("yes\r\n50 132\r\n"))
        #expect(await attachment.ending() == .code(37))
        await dyno.release()
        try await machine.leave()
    }

    @Test(
        "shows Heroku's prompt in a shell, or the app's own",
        .enabled(if: FileTree.exists("/etc/bash.bashrc"), "needs a bash that reads /etc/bash.bashrc"),
        arguments: SandboxLevel.possible.filter(\.hasAppFolder), ["", "it's my own> "])
    func prompt(_ level: SandboxLevel, _ own: String) async throws {
        let machine = try Machine(level)
        let dyno = try await machine.host.start(
            machine.spec(
                "bash", environment: own.isEmpty ? ["TERM": "dumb"] : ["TERM": "dumb", "PS1": own],
                streams: .terminal(rows: 24, columns: 80)))
        let attachment = try await dyno.attach()
        var text = ""
        for await bytes in attachment.output {
            // It is shown when the shell is ready to be typed to.
            if text.isEmpty { try await attachment.write(Array("exit\n".utf8)) }
            text += String(decoding: bytes, as: UTF8.self)
        }
        let prompt = own.isEmpty ? "\u{1B}[01;34m~\u{1B}[00m \u{1B}[01;32m$ \u{1B}[00m" : own
        #expect(text.contains("\(prompt)exit\r\n"), "\(text)")
        await dyno.release()
        try await machine.leave()
    }

    @Test("is stopped by ^C, as on any terminal")
    func interrupt() async throws {
        let machine = try Machine(.best)
        let dyno = try await machine.host.start(
            machine.spec("echo ready; sleep 60; echo never", streams: .terminal(rows: 24, columns: 80)))
        let attachment = try await dyno.attach()
        var text = ""
        for await bytes in attachment.output {
            let before = text
            text += String(decoding: bytes, as: UTF8.self)
            if text.contains("ready"), !before.contains("ready") { try await attachment.write([3]) }
        }
        #expect(text == "ready\r\n^C")
        #expect(await attachment.ending().status == 130)
        await dyno.release()
        try await machine.leave()
    }

    @Test("takes what a pipe brings, to its end, and gives all of it back", arguments: SandboxLevel.possible)
    func pipes(_ level: SandboxLevel) async throws {
        let machine = try Machine(level)
        let dyno = try await machine.host.start(machine.spec("cat; exit 5", streams: .pipes))
        let attachment = try await dyno.attach()
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
        #expect(await attachment.ending() == .code(5))
        await dyno.release()
        try await machine.leave()
    }

    @Test("replays what it wrote before, also when it has ended")
    func replay() async throws {
        let machine = try Machine(.best)
        let dyno = try await machine.host.start(machine.spec("echo early; exit 9", streams: .pipes))
        for await event in dyno.events(from: 0) { if case .ended = event { break } }
        let attachment = try await dyno.attach()
        var received: [UInt8] = []
        for await bytes in attachment.output { received += bytes }
        #expect(received == Array("early\n".utf8))
        #expect(await attachment.ending() == .code(9))
        await dyno.release()
        try await machine.leave()
    }

    @Test("passes signals on to every process")
    func signal() async throws {
        let machine = try Machine(.best)
        let dyno = try await machine.host.start(
            machine.spec("trap 'echo hung up; exit 3' HUP; echo ready; while :; do sleep 0.01; done", streams: .pipes))
        let attachment = try await dyno.attach()
        var text = ""
        for await bytes in attachment.output {
            text += String(decoding: bytes, as: UTF8.self)
            if text == "ready\n" { try await attachment.signal(1) }
        }
        #expect(text.hasPrefix("ready\n"))
        #expect(text.hasSuffix("hung up\n"))
        #expect(await attachment.ending() == .code(3))
        await dyno.release()
        try await machine.leave()
    }

    @Test("is refused for a dyno whose output is logged")
    func logged() async throws {
        let machine = try Machine(.best)
        let dyno = try await machine.host.start(machine.spec("sleep 60"))
        await #expect(throws: DynoNotAttachable.self) { _ = try await dyno.attach() }
        await dyno.release()
        try await machine.leave()
    }
}
