import Posix
import TestSupport
import Testing

@Suite("paas local", .serialized, .timeLimit(.minutes(2)))
struct LocalTests {
    @Test("starts every type but release with the variables of .env, and shows what they say behind time and name")
    func whole() async throws {
        let files = [
            "Procfile": """
            release: echo never
            web: echo hello $GREETING on $PORT as $FOREMAN_WORKER_NAME; echo; touch said; exec sleep 1000
            worker: until [ -e said ]; do sleep 0.02; done; echo "wrong on $PORT" >&2; printf 'no newline'

            """,
            ".env": "GREETING=\"to all\" # of you\n",
        ]
        try await LocalScene.with(files) { scene in
            for words in [["local"], ["local:start"], ["local", "start"]] {
                try? FileTree.remove("\(scene.folder)/said")
                let outcome = try await scene.command(words + ["--port", "\(scene.port)"]).run()
                #expect(
                    outcome.output.timeless(scene) == """
                        [OKAY] Loaded ENV .env File as KEY=VALUE Format
                        [OKAY] Open http://localhost:PORT
                        TIME web.1    |  hello to all on PORT as web.1
                        TIME worker.1 |  wrong on PORT+100
                        TIME worker.1 |  no newline
                        TIME worker.1 Exited Successfully
                        [DONE] Killing all processes with signal  SIGINT

                        """)
                #expect(outcome.errors.timeless() == "TIME web.1    Exited with exit code SIGINT\n")
                #expect(outcome.code == 0)
                #expect(try await scene.leavings() == [])
            }
        }
    }

    @Test("shows the code or the signal with which a process ended, and ends with 0 itself, as Heroku's does")
    func codes() async throws {
        try await LocalScene.with(["Procfile": "web: exit 3\n"]) { scene in
            let failed = try await scene.paas("local", "web")
            #expect(failed.errors.timeless() == "TIME web.1 Exited with exit code 3\n" && failed.code == 0, "\(failed)")
            try Scratch.write(["Procfile": "web: kill -TERM $$\n"], in: scene.folder)
            let killed = try await scene.paas("local")
            #expect(killed.errors.timeless() == "TIME web.1 Exited with exit code SIGTERM\n", "\(killed)")
            #expect(killed.output.contains("[DONE] Killing all processes with signal  SIGTERM\n"), "\(killed)")
        }
    }

    @Test("starts what is named, as many as asked, and opens the URL of each web process")
    func named() async throws {
        let line = "echo $PORT > $FOREMAN_WORKER_NAME; touch up.$FOREMAN_WORKER_NAME; exec sleep 1000"
        let last = "until [ -e up.web.2 -a -e up.web.1 -a -e up.api.1 ]; do sleep 0.02; done"
        try await LocalScene.with(["Procfile": "web: \(line)\napi: \(line)\nlast: \(last)\nnot: touch never\n"]) {
            scene in
            let outcome = try await scene.command(["local", "api,web=2,last", "-p", "\(scene.port)"]).run()
            let port = Int(scene.port)
            #expect(
                outcome.output.hasPrefix(
                    """
                    [OKAY] Open http://localhost:\(port + 100) (web.1)
                    [OKAY] Open http://localhost:\(port + 101) (web.2)

                    """), "\(outcome)")
            for (name, port) in [("api.1", port), ("web.1", port + 100), ("web.2", port + 101)] {
                #expect(try FileTree.readText("\(scene.folder)/\(name)") == "\(port)\n")
            }
            #expect(!FileTree.exists("\(scene.folder)/never"))
        }
    }

    @Test(
        "has PORT 5000 when that is free, else 5006 and so on, and says so", .enabled(if: Self.hasNetworks, "unshare"))
    func defaultPort() async throws {
        try await LocalScene.with(["Procfile": "web: echo has $PORT\n", "hold.py": Self.holder]) { scene in
            let program = try PaasProgram.path()
            let free = try await shell("exec '\(program)' local", scene)
            #expect(
                free.output.timeless() == """
                    [OKAY] Open http://localhost:5000
                    TIME web.1 |  has 5000
                    TIME web.1 Exited Successfully
                    [DONE] Killing all processes with signal  SIGINT

                    """)
            #expect(free.errors == "")
            for (taken, given) in [("5000", 5006), ("5000 5006", 5007)] {
                let busy = try await shell("exec python3 hold.py \(taken) -- '\(program)' local", scene)
                #expect(busy.output.hasPrefix("[OKAY] Open http://localhost:\(given)\n"), "\(busy)")
                #expect(busy.output.timeless().contains("TIME web.1 |  has \(given)\n"), "\(busy)")
                #expect(busy.errors == "[WARN] Port 5000 is in use, so ports begin at \(given).\n")
            }
        }
    }

    @Test("takes the base port from --port, else from PORT in .env, else from PORT of the shell")
    func portOrder() async throws {
        let (first, second) = (try FreePort.find(), try FreePort.find())
        try await LocalScene.with(["Procfile": "web: echo has $PORT\n", ".env": "PORT=\(first)\n"]) { scene in
            let shell = ["PORT": "\(second)"]
            let asked = try await scene.command(["local", "-p", "\(scene.port)"], environment: shell).run()
            #expect(asked.output.contains("has \(scene.port)\n"), "\(asked)")
            let file = try await scene.command(["local"], environment: shell).run()
            #expect(file.output.contains("has \(first)\n"), "\(file)")
            let inherited = try await scene.command(["local", "-e", "none"], environment: shell).run()
            #expect(inherited.output.contains("has \(second)\n"), "\(inherited)")
        }
    }

    @Test("merges env files from left to right, JSON among them, and passes over a folder and what is not there")
    func envFiles() async throws {
        let files = [
            "Procfile": "web: echo $A $B $DEEP_KEY\n", "one": "A=1\nB=1\n",
            "two": #"{"B": 2, "deep": {"key": "x"}}"#, "folder/file": "",
        ]
        try await LocalScene.with(files) { scene in
            let outcome = try await scene.paas("local", "-p", "\(scene.port)", "-e", "one,two,folder,gone")
            #expect(
                outcome.output.timeless(scene) == """
                    [OKAY] Loaded ENV one File as KEY=VALUE Format
                    [OKAY] Loaded ENV two File as JSON Format
                    [OKAY] Open http://localhost:PORT
                    TIME web.1 |  1 2 x
                    TIME web.1 Exited Successfully
                    [DONE] Killing all processes with signal  SIGINT

                    """)
            #expect(
                outcome.errors == """
                     ›   Warning: The specified location for the env file, folder, is not a file, ignoring.
                     ›   Warning: The specified env file, gone, does not exist, ignoring.

                    """)
        }
    }

    @Test("colours its remarks and each process's name where colours are shown")
    func colours() async throws {
        try await LocalScene.with(["Procfile": "web: echo hi\n"]) { scene in
            let outcome = try await scene.paas("local", "-p", "\(scene.port)", environment: ["FORCE_COLOR": "1"])
            #expect(
                outcome.output.timeless(scene).replacing("\u{1B}", with: "^") == """
                    ^[32m[OKAY] Open http://localhost:PORT^[0m
                    ^[35mTIME web.1 | ^[0m hi
                    ^[35mTIME web.1^[0m ^[36mExited Successfully^[0m
                    ^[36m[DONE] Killing all processes with signal  SIGINT^[0m

                    """)
        }
    }

    @Test("starts npm start where there is no Procfile but a package.json, and a process is named")
    func packageFile() async throws {
        let files = ["package.json": "{}", "bin/npm.sh": "#!/bin/sh\necho npm \"$@\"\n"]
        try await LocalScene.with(files) { scene in
            try await Command(
                ["mv", "bin/npm.sh", "bin/npm"], environment: ["PATH": Programs.systemPath], folder: scene.folder
            ).run().orThrow()
            let outcome = try await scene.paas(
                "local", "web", "-p", "\(scene.port)",
                environment: ["PATH": "\(scene.folder)/bin:\(Programs.systemPath)"])
            #expect(outcome.output.hasPrefix("[OKAY] package.json file found - trying 'npm start'\n"), "\(outcome)")
            #expect(outcome.output.timeless().contains("TIME web.1 |  npm start\n"), "\(outcome)")
            #expect(outcome.errors == "[WARN] ENOENT: no such file or directory, open 'Procfile'\n")
        }
    }

    @Test("runs --start-cmd as it is where there is no Procfile, and says when it does not")
    func startCommand() async throws {
        try await LocalScene.with([".env": "A=b\n"]) { scene in
            let run = try await scene.paas("local", "--start-cmd", "echo $A; exit 7", "-p", "5001")
            #expect(run.output == "b\n" && run.code == 7, "\(run)")
            #expect(
                run.errors == """
                     ›   Warning: The specified port, 5001, is being ignored when using --start-cmd.
                    [OKAY] Loaded ENV .env File as KEY=VALUE Format

                    """)
            try Scratch.write(["Procfile": "web: echo web\n"], in: scene.folder)
            let ignored = try await scene.paas("local", "--start-cmd", "echo x", "-p", "\(scene.port)")
            #expect(ignored.errors == " ›   Warning: The specified start command, echo x, is being ignored.\n")
            #expect(ignored.output.timeless().contains("TIME web.1 |  web\n"), "\(ignored)")
        }
    }

    // MARK: Networks of one's own, where every port is free

    private static let hasNetworks = Programs.find("unshare") != nil && Programs.find("python3") != nil

    /// Runs a command while ports are held.
    private static let holder = """
        import socket, subprocess, sys
        end = sys.argv.index("--")
        held = [socket.create_server(("127.0.0.1", int(port))) for port in sys.argv[1:end]]
        sys.exit(subprocess.call(sys.argv[end + 1:]))

        """

    private func shell(_ line: String, _ scene: LocalScene) async throws -> Outcome {
        var command = try scene.command([])
        command.words = ["unshare", "-r", "-n", "sh", "-c", "ip link set lo up; \(line)"]
        return try await command.run()
    }
}
