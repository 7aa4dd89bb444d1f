import TestSupport
import Testing

extension EndToEnd {
    @Suite("Whatever an app does is defined, and its log says what it was")
    struct BadInputTests {
        /// A process type each, and what its log has to say.
        private static let workers: [(type: String, command: String, says: [String])] = [
            (
                "missing", "no-such-program --serve",
                [
                    "Process exited with status 127",
                    "command not found: no-such-program (is it in requirements.txt?)",
                    "State changed from up to crashed",
                ]
            ),
            ("zero", "true", ["Process exited with status 0", "State changed from up to crashed"]),
            ("one", "echo last words; exit 1", ["last words", "Process exited with status 1"]),
            (
                "forks", "sh -c 'sleep 1000 & sleep 1'",
                [
                    "the command has ended and left sleep in the background, which ends with it:"
                        + " run it in the foreground", "Process exited with status 0",
                ]
            ),
            ("segv", "kill -SEGV $$", ["Process exited with status 139", "ended by SIGSEGV"]),
            ("mute", "exec >&- 2>&-; sleep 1000", ["State changed from starting to up"]),
            (
                "binary", "printf 'a\\0\\377b\\n'; echo after; sleep 1000",
                ["after", "State changed from starting to up"]
            ),
            ("title", "exec -a 'web: not me' sleep 1000", ["State changed from starting to up"]),
            ("session", "setsid --wait sh -c 'echo in its own session; sleep 1000'", ["in its own session"]),
            ("etc", "echo x > /etc/passwd || echo refused; sleep 1000", ["refused"]),
            ("plain", "./no-shebang.sh; sleep 1000", ["a script without a first line"]),
            (
                "closed", "./not-executable.sh",
                [
                    "Process exited with status 126",
                    "permission denied: not-executable.sh (make it executable: chmod +x not-executable.sh, and commit it)",
                ]
            ),
            (
                "crlf", "./crlf.sh",
                [
                    "Process exited with status 127",
                    "bad interpreter: the lines of crlf.sh end in CRLF; save it with LF",
                ]
            ),
            (
                "typo", "./no-shebagn.sh",
                ["Process exited with status 127", "no such file: no-shebagn.sh (did you mean no-shebang.sh?)"]
            ),
        ]

        @Test("as a worker", .timeLimit(.minutes(10)), arguments: [nil, "L3"])
        func workers(level: String?) async throws {
            try await TestPlatform.with(level: level) { platform in
                let lines = Self.workers.map { "\($0.type): \($0.command)\n" }.joined()
                var files = AppFiles.python("here", processes: lines)
                files["no-shebang.sh"] = "echo a script without a first line\n"
                files["not-executable.sh"] = "echo never\n"
                files["crlf.sh"] = "#!/bin/sh\r\necho never\r\n"
                let app = try await TestApp("rough", on: platform, files: files)
                try await platform.shell("chmod +x no-shebang.sh crlf.sh", in: app.folder).orThrow()
                try await app.commit([:], "Executable")
                try await app.push().orThrow()
                try await platform.run(
                    ["paas", "ps:scale"] + Self.workers.map { "\($0.type)=1" }, in: app.folder
                ).orThrow()
                for worker in Self.workers {
                    // Nobody keeps an app of no user of its own from the machine's /etc at L3 but the machine.
                    for text in worker.says { try await app.logsSay("[\(worker.type).1]: \(text)") }
                }
                let listed = try await app.paas("ps").output
                for type in ["mute", "binary", "title", "session", "etc", "plain"] {
                    #expect(listed.contains("\(type).1: up"), "\(listed)")
                }
                #expect(
                    listed.contains(
                        /missing\.1: crashed .* ago\): exited with status 127: command not found: no-such-program/),
                    "\(listed)")
                #expect(try await app.get().body == "here")
            }
        }

        @Test("as a worker that ignores SIGTERM: R12 and SIGKILL, in Heroku's order", .timeLimit(.minutes(5)))
        func stubborn() async throws {
            try await TestPlatform.with(settings: ["PAAS_STOP_GRACE": "2"]) { platform in
                let line = "stubborn: trap '' TERM; echo ready; while :; do sleep 1; done\n"
                let app = try await TestApp("mule", on: platform, files: AppFiles.python("here", processes: line))
                try await app.push().orThrow()
                try await app.paas("ps:scale", "stubborn=1").orThrow()
                try await app.logsSay("app[stubborn.1]: ready")
                try await app.paas("ps:scale", "stubborn=0").orThrow()
                let log = try await app.logsSay("heroku[stubborn.1]: Process exited with status 137")
                let said = log.split(separator: "\n").compactMap { line in
                    line.firstMatch(of: /heroku\[stubborn\.1\]: (.*)/).map { String($0.1) }
                }
                #expect(
                    said.suffix(5) == [
                        "State changed from up to down", "Stopping all processes with SIGTERM",
                        "Error R12 (Exit timeout) -> At least one process failed to exit within 2 seconds of SIGTERM",
                        "Stopping remaining processes with SIGKILL", "Process exited with status 137",
                    ])
            }
        }

        @Test(
            "as a web dyno that listens elsewhere: the push, the log and ps name the place", .timeLimit(.minutes(5)),
            arguments: [nil, "L3"])
        func elsewhere(level: String?) async throws {
            try await TestPlatform.with(level: level, settings: ["PAAS_BOOT_TIMEOUT": "5"]) { platform in
                let port = try FreePort.find()
                let server = "python -m http.server \(port)"
                let app = try await TestApp(
                    "astray", on: platform, files: ["requirements.txt": "", "Procfile": "web: \(server)\n"])
                let push = try await app.push()
                let reason = try Regex("listens on \(port), not on \\$PORT \\(\\d+\\)")
                #expect(push.succeeded, "a first release is kept\n\(push)")
                #expect(push.errors.contains(reason), "\(push)")
                let log = try await app.paas("logs", "-n", "100").output
                #expect(log.contains(reason) && log.contains("Error R10 (Boot timeout)"), "\(log)")
                #expect(try await app.get().status == 503)
            }
        }

        @Test("as a web dyno whose program is not installed: the push, the log and ps say so", .timeLimit(.minutes(5)))
        func notInstalled() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("bare", on: platform, files: AppFiles.python("one"))
                try await app.push().orThrow()
                try await app.commit(["Procfile": "web: gunicorn app:app\n"])
                let push = try await app.push()
                #expect(!push.succeeded)
                let reason = "command not found: gunicorn (is it in requirements.txt?)"
                #expect(push.errors.contains("web.1 exited with status 127: \(reason)."), "\(push)")
                try await app.logsSay("heroku[web.1]: \(reason)")
                #expect(try await app.get().body == "one")
            }
        }

        @Test(
            "as a web dyno whose workers die after its port is open: nothing changes for clients",
            .timeLimit(.minutes(5))
        )
        func deadWorkers() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("forked", on: platform, files: AppFiles.python("one"))
                try await app.push().orThrow()
                let server = """
                    import os, socket, sys, time
                    s = socket.create_server(("0.0.0.0", int(os.environ["PORT"])))
                    if os.fork() == 0:
                        time.sleep(1)
                        raise SystemExit("the worker could not load the app")
                    os.wait()
                    sys.exit(3)

                    """
                try await app.commit(["server.py": server])
                let report = try await SteadyRequests.during(platform, app.host) {
                    let push = try await app.push()
                    #expect(!push.succeeded, "\(push)")
                    #expect(push.errors.contains("the worker could not load the app"), "\(push)")
                }
                #expect(report.failures.isEmpty && report.bodies.keys.sorted() == ["one"], "\(report)")
            }
        }

        @Test(
            "as one that writes files: they are gone after a restart, and the log and ps:lost say which",
            .timeLimit(.minutes(5)), arguments: [nil, "L3"])
        func lost(level: String?) async throws {
            try await TestPlatform.with(level: level) { platform in
                let worker =
                    "worker: mkdir -p uploads; echo cat > uploads/cat.png; echo x >> note; echo wrote; sleep 1000\n"
                var files = AppFiles.python("here", processes: worker)
                files["note"] = "first"
                let app = try await TestApp("writer", on: platform, files: files)
                try await app.push().orThrow()
                #expect(try await app.paas("ps:lost").output == "The dynos of writer lost no files.\n")
                try await app.paas("ps:scale", "worker=1").orThrow()
                try await app.logsSay("app[worker.1]: wrote")
                try await app.paas("ps:restart", "-p", "worker").orThrow()
                try await app.logsSay(
                    "heroku[worker.1]: Wrote 2 files under /app that are gone now: note, uploads/cat.png."
                        + " Files do not outlive a dyno: keep such data in a database add-on or in object storage."
                        + " All of them: paas ps:lost worker.1")
                let lost = try await app.paas("ps:lost", "worker.1").orThrow().output
                #expect(lost.contains("note") && lost.contains("uploads/cat.png"), "\(lost)")
                let json = try await app.paas("ps:lost", "--json").orThrow().output
                #expect(json.jsonField("path") == "note" && json.jsonField("dyno") == "worker.1", "\(json)")
                #expect(try await app.paas("ps:lost", "web.1").output == "web.1 lost no files.\n")
            }
        }

        @Test("as one of an ordinary user", .needsRoot, .timeLimit(.minutes(5)))
        func ordinaryUser() async throws {
            try await Account.with { account in
                try await TestPlatform.with(account: account) { platform in
                    let line = "worker: echo x > kept; nothing-like-it\n"
                    let app = try await TestApp("modest", on: platform, files: AppFiles.python("here", processes: line))
                    try await app.push().orThrow()
                    try await app.paas("ps:scale", "worker=1").orThrow()
                    try await app.logsSay("heroku[worker.1]: Wrote 1 file under /app that is gone now: kept.")
                    try await app.logsSay("heroku[worker.1]: command not found: nothing-like-it")
                }
            }
        }
    }
}
