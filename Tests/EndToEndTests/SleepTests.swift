import TestSupport
import Testing

extension EndToEnd {
    @Suite("An app that nobody asks for")
    struct SleepTests {
        @Test(
            "sleeps with its Eco workers, and the next requests wake it without one failing", .timeLimit(.minutes(5)),
            arguments: [1, 3])
        func sleeps(web: Int) async throws {
            try await TestPlatform.with { platform in
                let app = try await eco("drowsy", on: platform, web: web)
                try await untilAsleep(app)
                let log = try await app.logsSay("heroku[worker.1]: Process exited with status 143")
                let told = log.split(separator: "\n").filter { $0.contains("heroku[worker.1]: ") }.suffix(4)
                let words = [
                    "Idling", "State changed from up to down", "Stopping all processes with SIGTERM",
                    "Process exited with status 143",
                ]
                #expect(zip(told, words).allSatisfy { $0.hasSuffix("heroku[worker.1]: \($1)") }, "\(log)")
                for number in 1...web { #expect(log.contains("heroku[web.\(number)]: Idling\n"), "\(log)") }
                let listed = try await app.paas("ps").output
                #expect(listed.contains("web.\(web): idle") && listed.contains("worker.1: idle"), "\(listed)")
                #expect(listed.contains("Eco dyno hours quota remaining this month: 999h 59m (99%)\n"), "\(listed)")
                #expect(try await app.paas("ps", "--json").output.contains("\"idle\""))

                let report = try await SteadyRequests.during(platform, app.host) {
                    try await app.logsSay("heroku[web.\(web)]: Unidling")
                    try await app.logsSay("heroku[worker.1]: Unidling")
                    #expect(try await app.get().body == "here")
                }
                #expect(report.failures.isEmpty && report.answered > 0, "\(report)")
                let after = try await app.logsSay("heroku[web.1]: State changed from down to starting")
                #expect(!after.contains("code=H"), "\(after)")
            }
        }

        @Test("sleeps and wakes again and again", .timeLimit(.minutes(5)))
        func again() async throws {
            try await TestPlatform.with { platform in
                let app = try await eco("again", on: platform, web: 1)
                for _ in 0..<4 {
                    try await untilAsleep(app)
                    #expect(try await app.get().body == "here")
                    #expect(try await app.paas("ps:sleep").output.contains("awake"))
                }
            }
        }

        @Test(
            "stays awake while a WebSocket or a stream is open", .timeLimit(.minutes(5)), arguments: ["echo", "pieces"])
        func open(path: String) async throws {
            try await TestPlatform.with { platform in
                let busy = try await TestApp("busy", on: platform, files: AppFiles.streams)
                try await busy.push().orThrow()
                let client = """
                    import signal, socket, sys

                    connection = socket.create_connection(("127.0.0.1", int(sys.argv[2])), 60)
                    upgrade = "Upgrade: websocket\\r\\nConnection: Upgrade\\r\\nSec-WebSocket-Key: YWJj\\r\\n"
                    fields = upgrade if sys.argv[3] == "echo" else ""
                    connection.sendall(f"GET /{sys.argv[3]} HTTP/1.1\\r\\nHost: {sys.argv[1]}\\r\\n{fields}\\r\\n".encode())
                    print(connection.recv(12).decode().split()[1], "is open", flush=True)
                    signal.pause()

                    """
                let words = ["python3", "-c", client, busy.host, "\(platform.port)", path]
                let running = try platform.command(words).start()
                try await running.says("is open")
                try await busy.paas("features:enable", "sleep").orThrow()
                try await busy.paas("ps:sleep", "--after", "1s").orThrow()
                // Another app with the same time falls asleep twice meanwhile.
                let other = try await eco("other", on: platform, web: 1)
                try await untilAsleep(other)
                #expect(try await other.get().body == "here")
                try await untilAsleep(other)
                #expect(try await busy.paas("ps:sleep").output.contains("awake"))
                #expect(try await busy.paas("ps").output.contains("web.1: up"))
                running.signal(9)
                _ = try await running.ends()
                try await untilAsleep(busy)
            }
        }

        @Test(
            "sleeps on when the daemon is killed, and its next request waits until there is one again",
            .timeLimit(.minutes(5)))
        func daemonKilled() async throws {
            try await TestPlatform.with { platform in
                let app = try await eco("deep", on: platform, web: 1)
                let other = try await eco("deeper", on: platform, web: 1)
                try await untilAsleep(app)
                try await untilAsleep(other)
                let pid = try #require(try await platform.status("pid"))
                try await platform.shell("kill -9 \"$1\"", pid).orThrow()
                async let answer = app.get()
                // Any command brings the daemon back.
                #expect(try await other.paas("ps").output.contains("web.1: idle"))
                #expect(try await answer.body == "here")
                #expect(try await other.paas("ps:sleep").output.contains("asleep"))

                // Daemon and router at once, as when the machine restarts.
                let ids = [try await platform.status("pid"), try await platform.status("router_pid")]
                try await platform.shell("kill -9 \"$1\" \"$2\"", ids[0] ?? "", ids[1] ?? "").orThrow()
                #expect(try await other.paas("ps").output.contains("web.1: idle"))
                #expect(try await other.get().body == "here")
            }
        }

        @Test("is booted by config:set and by a push while it sleeps", .timeLimit(.minutes(5)))
        func changes() async throws {
            try await TestPlatform.with { platform in
                let app = try await eco("changed", on: platform, web: 1)
                try await untilAsleep(app)
                try await app.paas("config:set", "COLOUR=blue").orThrow()
                #expect(try await app.get("/env/COLOUR").body == "blue")
                try await untilAsleep(app)
                try await app.commit(["server.py": AppFiles.pythonServer("two")])
                try await app.push().orThrow()
                #expect(try await app.get().body == "two")
            }
        }

        @Test("is answered H82 once the month's Eco dyno-hours are used up", .timeLimit(.minutes(5)))
        func hoursUsedUp() async throws {
            try await TestPlatform.with(settings: ["PAAS_ECO_HOURS": "0.001"]) { platform in
                let app = try await eco("thrifty", on: platform, web: 1, after: "1h")
                try await app.logsSay("heroku[web.1]: Idling")
                try await app.logsSay("heroku[web.1]: Process exited with status 143")
                let answer = try await app.get()
                #expect(answer.status == 503 && answer.body.contains("Application error"), "\(answer)")
                try await app.logsSay("at=info code=H82 desc=\"You've used up your dyno hour pool\" method=GET")
                let listed = try await app.paas("ps").output
                #expect(listed.contains("Eco dyno hours quota remaining this month: 0h 0m (0%)\n"), "\(listed)")
                #expect(listed.contains("Eco dyno usage for this app: 0h 0m (100%)\n"), "\(listed)")
                #expect(listed.contains("web.1: idle"), "\(listed)")

                let pid = try #require(try await platform.status("pid"))
                try await platform.shell("kill -9 \"$1\"", pid).orThrow()
                #expect(try await app.paas("ps").output.contains("web.1: idle"))
                #expect(try await app.get().status == 503)
                try await app.paas("ps:scale", "web=1:basic").orThrow()
                #expect(try await app.get().body == "here")
            }
        }

        /// An app of Eco dynos, which sleep after two seconds.
        private func eco(
            _ name: String, on platform: TestPlatform, web: Int, after: String = "2s"
        ) async throws -> TestApp {
            let worker = "worker: while true; do sleep 1; done\n"
            let app = try await TestApp(name, on: platform, files: AppFiles.python("here", processes: worker))
            try await app.push().orThrow()
            try await app.paas("ps:scale", "web=0:eco", "worker=0:eco").orThrow()
            try await app.paas("ps:sleep", "--after", after).orThrow()
            try await app.paas("ps:scale", "web=\(web)", "worker=1").orThrow()
            return app
        }

        private func untilAsleep(_ app: TestApp) async throws {
            while try await !app.paas("ps:sleep").orThrow().output.contains("is asleep") {}
        }
    }
}
