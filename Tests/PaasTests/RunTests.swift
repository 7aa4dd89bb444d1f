import APISchema
import Posix
import Synchronization
import TestSupport
import Testing

@Suite("paas run", .timeLimit(.minutes(1)))
struct RunTests {
    private func replies() throws -> [String: [FakePlatform.Reply]] {
        try [
            "GET /apps/example": [.value(Answers.app())],
            "POST /apps/a1/dynos": [.value(Answers.dyno("run.1234", "cat"), status: 201)],
        ]
    }

    /// A dyno that answers each block of input in capitals, and at its end exits with `code`.
    private static func shouting(code: Int32) -> @Sendable (AsyncStreamSocket) async throws -> Void {
        { socket in
            while let (type, payload) = try await socket.frame() {
                switch type {
                case "I": try await socket.send("O", Array(String(decoding: payload, as: UTF8.self).uppercased().utf8))
                case "E": return try await socket.send("X", code)
                default: continue
                }
            }
        }
    }

    @Test("passes input and output through, byte for byte, to the end of the input")
    func passes() async throws {
        try await FakePlatform.with(try replies(), attach: Self.shouting(code: 0)) { platform in
            let input = String(repeating: "abc\u{0}\n", count: 50_000)
            let outcome = try await platform.paas("run", "cat", "-a", "example", input: input)
            #expect(outcome.output == input.uppercased())
            #expect(
                outcome.errors == """
                    Running cat on example... starting
                    Running cat on example... connecting, run.1234
                    Running cat on example... up, run.1234

                    """)
            #expect(outcome.code == 0)
        }
    }

    @Test("ends with the command's own code only when -x asks for it", arguments: [true, false])
    func exitCode(isAsked: Bool) async throws {
        try await FakePlatform.with(try replies(), attach: Self.shouting(code: 9)) { platform in
            let outcome = try await platform.run(
                ["run"] + (isAsked ? ["-x"] : []) + ["-a", "example", "--", "sh", "-c", "exit 9"])
            #expect(outcome.code == (isAsked ? 9 : 0))
            #expect(outcome.errors.contains("Process exited with code 9") == isAsked)
            let body = try #require(platform.requests.first { $0.hasPrefix("POST /apps/a1/dynos") })
            #expect(body.contains(#""command":"sh -c \"exit 9\"""#))
            #expect(body.contains(#""force_no_tty":true"#))
        }
    }

    @Test("says so when the platform goes away in between")
    func brokenOff() async throws {
        try await FakePlatform.with(try replies(), attach: { _ = try await $0.frame() }) { platform in
            let outcome = try await platform.paas("run", "cat", "-a", "example", input: "x")
            #expect(outcome.code == 75, "no exit code that a command would choose")
            #expect(outcome.errors.contains("The connection to the dyno broke off."))
            #expect(outcome.errors.contains("paas logs --dyno-name run.1234"))
            let attached = platform.requests.filter { $0.contains("/attach") }
            #expect(attached.count == 1, "input that may be lost is not sent into the void: \(attached)")
        }
    }

    @Test(
        "on a terminal sends keys one by one, Ctrl-C too, and the window's size",
        .enabled(if: Programs.find("script") != nil, "script is not installed"))
    func terminal() async throws {
        let seen = Mutex<[String]>([])
        let marks = try Scratch.folder()
        defer { try? FileTree.remove(marks) }
        try await FakePlatform.with(
            try replies(),
            attach: { socket in
                try await socket.send("O", Array("ready\r\n".utf8))
                while let (type, payload) = try await socket.frame() {
                    seen.withLock { $0.append("\(type)\(payload)") }
                    // The window's size comes when the terminal passes keys through, so keys may come from here on.
                    if type == "W" { try Scratch.write(["raw": ""], in: marks) }
                    guard type == "I", payload.contains(3) else { continue }
                    try Scratch.write(["done": ""], in: marks)
                    return try await socket.send("X", 130)
                }
            }
        ) { platform in
            let script = "stty rows 33 cols 99; exec \"$PAAS\" run -x bash -a example"
            let keys = "until [ -e raw ]; do sleep 0.02; done; printf '\\003'; until [ -e done ]; do sleep 0.02; done"
            var command = Command(
                ["sh", "-c", "{ \(keys); } | script -qec '\(script)' /dev/null"],
                environment: [
                    "PATH": Programs.systemPath, "HOME": platform.home, "PAAS_HOME": platform.home, "TERM": "xterm",
                    "PAAS": try PaasProgram.path(), "SHELL": "/bin/sh",
                ], folder: marks)
            command.limit = .seconds(30)
            let outcome = try await command.run()
            #expect(outcome.output.contains("ready"), "\(outcome)")
            let frames = seen.withLock { $0 }
            #expect(frames.contains("W[0, 33, 0, 99]"), "\(frames)")
            #expect(frames.contains("I[3]"), "\(frames)")
            let body = try #require(platform.requests.first { $0.hasPrefix("POST /apps/a1/dynos") })
            #expect(body.contains(#""COLUMNS":"99""#) && body.contains(#""force_no_tty":false"#), "\(body)")
        }
    }
}

extension AsyncStreamSocket {
    /// The next frame of `paas-attach/1`.
    fileprivate func frame() async throws -> (type: Character, payload: [UInt8])? {
        guard let head = try await exactly(5) else { return nil }
        let length = head[1...].reduce(0) { $0 << 8 | Int($1) }
        guard let payload = try await exactly(length) else { return nil }
        return (Character(UnicodeScalar(head[0])), payload)
    }

    fileprivate func send(_ type: Character, _ payload: [UInt8]) async throws {
        var writer = ByteWriter()
        writer.put(type.asciiValue ?? 0)
        writer.put(payload)
        try await write(writer.bytes)
    }

    fileprivate func send(_ type: Character, _ code: Int32) async throws {
        var writer = ByteWriter()
        writer.put(code)
        try await send(type, writer.bytes)
    }

    private func exactly(_ count: Int) async throws -> [UInt8]? {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let part = try await read(atMost: count - bytes.count)
            if part.isEmpty { return nil }
            bytes += part
        }
        return bytes
    }
}
