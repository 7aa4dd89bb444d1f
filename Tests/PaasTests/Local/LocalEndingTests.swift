import Posix
import TestSupport
import Testing

@Suite("Of what paas local started, nothing is left", .serialized, .timeLimit(.minutes(2)))
struct LocalEndingTests {
    /// A process that leaves others behind: a job in the background, one in a session of its own whose parents are
    /// gone, and one that hears neither SIGHUP, SIGINT nor SIGTERM.
    private static let prolific = """
        (touch one; exec sleep 1001) & (setsid sh -c 'touch two; sleep 1002 & sleep 1003' > /dev/null 2>&1 &); \
        (trap '' HUP INT TERM; touch three; exec sleep 1004 > /dev/null 2>&1) & \
        until [ -e one -a -e two -a -e three ]; do sleep 0.02; done; \
        echo keeper $PPID is ready; exec sleep 1000
        """

    private static let procfile = ["Procfile": "web: \(prolific)\nworker: exec sleep 1005\n"]

    /// Starts it, waits until all of it runs, and tells the processes' ids.
    private func running(_ scene: LocalScene) async throws -> (RunningCommand, program: Int32, keeper: Int32) {
        let running = try scene.start()
        let text = try await running.says("is ready")
        let keeper = try #require(text.firstMatch(of: /keeper ([0-9]+) is ready/).flatMap { Int32($0.1) })
        return (running, try #require(scene.parent(of: keeper)), keeper)
    }

    @Test("after Ctrl-C, which all processes get as SIGINT")
    func interrupt() async throws {
        try await LocalScene.with(Self.procfile) { scene in
            let (running, _, _) = try await running(scene)
            running.signal(Signals.interrupt)
            let outcome = try await running.ends()
            #expect(outcome.code == 0, "\(outcome)")
            let end = outcome.output.timeless().split(separator: "\n").suffix(4)
            #expect(
                end.prefix(2) == ["[WARN] Interrupted by User", "[DONE] Killing all processes with signal  SIGINT"])
            #expect(
                end.suffix(2).sorted() == [
                    "TIME web.1    Exited with exit code SIGINT", "TIME worker.1 Exited with exit code SIGINT",
                ])
            #expect(try await scene.leavings() == [])
        }
    }

    @Test("after Ctrl-C is typed at a terminal, where colours are shown", .needs("python3"))
    func terminal() async throws {
        try await LocalScene.with(["Procfile": "web: echo up; exec sleep 1000\n"]) { scene in
            var command = try scene.command(["local", "-p", "\(scene.port)"], environment: ["TERM": "xterm"])
            command.words = Person(steps: [("up", "\u{3}")]).running(command.words)
            let outcome = try await command.run()
            #expect(outcome.code == 0, "\(outcome)")
            #expect(outcome.output.contains("\u{1B}[33m[WARN] Interrupted by User\u{1B}[0m"), "\(outcome)")
            #expect(outcome.output.contains("Exited with exit code SIGINT"), "\(outcome)")
            #expect(try await scene.leavings() == [])
        }
    }

    @Test("after one process ends: the others get its signal or SIGINT, and what it left behind ends too")
    func oneEnds() async throws {
        let waits = "until [ -e go ]; do sleep 0.02; done"
        try await LocalScene.with(["Procfile": "web: sleep 1001 & \(waits); exit 3\nworker: exec sleep 1005\n"]) {
            scene in
            let running = try scene.start()
            try await running.says("Open http://localhost:\(scene.port)")
            try Scratch.write(["go": ""], in: scene.folder)
            let outcome = try await running.ends()
            #expect(
                outcome.output.timeless(scene) == """
                    [OKAY] Open http://localhost:PORT
                    TIME web.1    Exited with exit code 3
                    [DONE] Killing all processes with signal  SIGINT
                    TIME worker.1 Exited with exit code SIGINT

                    """)
            #expect(outcome.code == 0)
            #expect(try await scene.leavings() == [])
        }
    }

    @Test(
        "after SIGTERM or SIGHUP, which all processes get, and the status is that of the signal",
        arguments: [Signals.terminate, Signals.hangup])
    func told(signal: Int32) async throws {
        let web = "sleep 1001 & (setsid sleep 1002 > /dev/null 2>&1 &); echo keeper $PPID is ready; exec sleep 1000"
        try await LocalScene.with(["Procfile": "web: \(web)\nworker: exec sleep 1005\n"]) { scene in
            let (running, program, _) = try await running(scene)
            Subprocess.signal(program, signal)
            let outcome = try await running.ends()
            #expect(outcome.code == 128 + signal, "\(outcome)")
            let name = Signals.name(of: signal)
            #expect(outcome.output.contains("[DONE] Killing all processes with signal  \(name)\n"), "\(outcome)")
            #expect(outcome.output.timeless().contains("TIME worker.1 Exited with exit code \(name)\n"), "\(outcome)")
            #expect(try await scene.leavings() == [])
        }
    }

    @Test("after SIGKILL of the program, of the process that keeps the others, or of both", arguments: [1, 2, 3])
    func killed(which: Int) async throws {
        let procfile = which == 3 ? ["Procfile": "web: echo keeper $PPID is ready; exec sleep 1000\n"] : Self.procfile
        try await LocalScene.with(procfile) { scene in
            let (running, program, keeper) = try await running(scene)
            if which & 1 != 0 { Subprocess.signal(program, Signals.kill) }
            if which & 2 != 0 { Subprocess.signal(keeper, Signals.kill) }
            let outcome = try await running.ends()
            #expect(outcome.code == 128 + Signals.kill, "\(outcome)")
            if which == 2 {
                let words = "The process that kept the app's processes was ended by SIGKILL. So were they."
                #expect(outcome.output.contains(words), "\(outcome)")
            }
            #expect(try await scene.leavings() == [])
        }
    }

    @Test("after five seconds, when a process does not heed its signal")
    func stubborn() async throws {
        let stubborn = "trap '' INT TERM; echo is up; while :; do sleep 1; done"
        try await LocalScene.with(["Procfile": "web: \(stubborn)\n"]) { scene in
            let running = try scene.start()
            try await running.says("is up")
            let start = ContinuousClock.now
            running.signal(Signals.interrupt)
            let outcome = try await running.ends()
            #expect(outcome.output.timeless().contains("TIME web.1 Exited with exit code SIGKILL\n"), "\(outcome)")
            #expect(ContinuousClock.now - start > .seconds(4))
            #expect(try await scene.leavings() == [])
        }
    }

    @Test("at once, when Ctrl-C comes again")
    func impatient() async throws {
        let stubborn = "trap 'echo heard' INT; trap '' TERM; echo is up; while :; do sleep 0.1; done"
        try await LocalScene.with(["Procfile": "web: \(stubborn)\n"]) { scene in
            let running = try scene.start()
            try await running.says("is up")
            running.signal(Signals.interrupt)
            try await running.says("heard")
            // Signals that come together are one Ctrl-C: a terminal and a shell may send it to several of us.
            try await Task.sleep(for: .milliseconds(700))
            running.signal(Signals.interrupt)
            let outcome = try await running.ends()
            #expect(outcome.output.contains("[WARN] Interrupted again: what is left is killed\n"), "\(outcome)")
            #expect(try await scene.leavings() == [])
        }
    }

    @Test("after the reader of its output has gone")
    func readerGone() async throws {
        try await LocalScene.with(["Procfile": "web: while :; do echo more; sleep 0.01; done\n"]) { scene in
            var command = try scene.command([])
            command.words = ["sh", "-c", "'\(try PaasProgram.path())' local -p \(scene.port) | head -n 2"]
            let outcome = try await command.run()
            #expect(outcome.output.timeless(scene).hasSuffix("TIME web.1 |  more\n"), "\(outcome)")
            #expect(try await scene.leavings() == [])
        }
    }

    @Test("and until then every line is shown, however fast they come")
    func fast() async throws {
        try await LocalScene.with(["Procfile": "web: seq 20000\n"]) { scene in
            let outcome = try await scene.paas("local", "-p", "\(scene.port)")
            let lines = outcome.output.split(separator: "\n").filter { $0.contains(" |  ") }
            #expect(lines.count == 20_000 && lines.last?.hasSuffix(" |  20000") == true, "\(lines.count)")
        }
    }
}
