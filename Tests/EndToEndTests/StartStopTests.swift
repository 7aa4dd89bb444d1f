import Posix
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Starting and stopping at once")
    struct StartStopTests {
        @Test("several commands that start the platform get one daemon", .timeLimit(.minutes(5)))
        func manyStarts() async throws {
            try await TestPlatform.with(starts: false) { platform in
                for _ in 1...3 {
                    try await withThrowingTaskGroup(of: Outcome.self) { group in
                        for number in 1...4 {
                            group.addTask {
                                try await number % 2 == 0
                                    ? platform.paas("up", "--port", "\(platform.port)") : platform.paas("apps")
                            }
                        }
                        for try await outcome in group {
                            // The port may have been chosen by a command that did not ask for one.
                            let isOther = outcome.errors.contains("is running already, on port")
                            #expect(outcome.succeeded || isOther, "\(outcome)")
                        }
                    }
                    #expect(platform.processes(of: .daemon).count == 1)
                    #expect(platform.processes(of: .router).count == 1)
                    try await platform.paas("down").orThrow()
                }
            }
        }

        @Test(
            "paas down, twice and during a build: the push says so, and nothing is left of it", .timeLimit(.minutes(5)))
        func downDuringBuild() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("cut", on: platform, files: AppFiles.python("one"))
                try await app.push().orThrow()
                try await app.commit(["bin/pre_compile": "#!/bin/sh\necho building slowly\nsleep 60\n"])
                try await platform.shell("chmod +x bin/pre_compile && git commit -qam Slow", in: app.folder).orThrow()
                let push = try platform.command(["git", "push", "paas", "main"], in: app.folder).start()
                try await push.says("building slowly")
                async let first = platform.paas("down")
                async let second = platform.paas("down")
                let outcomes = try await [first, second]
                for outcome in outcomes { #expect(outcome.succeeded, "\(outcome)") }
                let ended = try await push.ends()
                #expect(!ended.succeeded && ended.text.contains("[remote rejected]"), "\(ended)")
                #expect(try await platform.shell("ls -A home/builds home/run/dynos 2>/dev/null").output == "")

                try await app.git("rm", "-q", "bin/pre_compile").orThrow()
                try await app.commit(["server.py": AppFiles.pythonServer("two")])
                try await app.push().orThrow()
                #expect(try await app.get().body == "two")
            }
        }

        @Test("paas up while another one stops waits for that, and starts", .timeLimit(.minutes(5)))
        func upDuringDown() async throws {
            try await TestPlatform.with(settings: ["PAAS_STOP_GRACE": "3"]) { platform in
                var files = AppFiles.python("stays")
                files["Procfile"] = "web: trap '' TERM; python server.py\n"
                files["server.py"] =
                    "import signal; signal.signal(15, signal.SIG_IGN)\n" + AppFiles.pythonServer("stays")
                let app = try await TestApp("stays", on: platform, files: files)
                try await app.push().orThrow()
                let daemon = platform.processes(of: .daemon)
                let down = try platform.command(["paas", "down"]).start()
                #expect(try await eventually { !FileTree.exists("\(platform.home)/run/api.sock") })
                let up = try await platform.paas("up")
                #expect(up.succeeded, "\(up)")
                let stopped = try await down.ends()
                #expect(stopped.succeeded, "\(stopped)")
                #expect(platform.processes(of: .daemon).count == 1 && platform.processes(of: .daemon) != daemon)
                #expect(try await app.get().body == "stays")
            }
        }
    }
}
