import TestSupport
import Testing

extension EndToEnd {
    @Suite("Nobody dies with anybody")
    struct ReliabilityTests {
        @Test(
            "the daemon, again and again: no request fails, no line of a dyno is lost or told twice",
            .timeLimit(.minutes(5)))
        func daemon() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("ticking", on: platform, files: Self.ticking)
                try await app.push().orThrow()
                #expect(try await app.get().body == "here")
                let dynos = platform.processes(of: .shim)
                let report = try await SteadyRequests.during(platform, app.host) {
                    for round in 1...5 {
                        #expect(platform.kill(.daemon).count == 1)
                        // Every other time it stays away for a while, and the spool keeps what is said meanwhile.
                        if round % 2 == 0 { try await Task.sleep(for: .milliseconds(300)) }
                        try await app.paas("ps").orThrow()
                    }
                }
                #expect(report.failures.isEmpty, "\(report)")
                #expect(platform.processes(of: .shim) == dynos, "a dyno was started anew")
                _ = try await app.get("/say/enough")
                try await app.logsSay("app[web.1]: enough")
                let lines = try await app.paas("logs", "-n", "1500", "--dyno", "web.1", "--source", "app").output
                let ticks = lines.matches(of: /: tick (\d+)/).compactMap { Int($0.1) }
                let first = try #require(ticks.first)
                #expect(ticks.count > 20 && ticks == Array(first..<first + ticks.count), "\(ticks)")
            }
        }

        @Test("the router: what comes after it waits for the next one, and is answered", .timeLimit(.minutes(5)))
        func router() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("junction", on: platform, files: AppFiles.python("here"))
                try await app.push().orThrow()
                let dynos = platform.processes(of: .shim)
                for _ in 1...5 {
                    #expect(platform.kill(.router).count == 1)
                    for _ in 1...10 { #expect(try await app.get().body == "here") }
                }
                #expect(platform.processes(of: .shim) == dynos)
            }
        }

        @Test("daemon and router: the dynos run on, and the next command brings the rest back", .timeLimit(.minutes(5)))
        func everythingButDynos() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("island", on: platform, files: AppFiles.python("here"))
                try await app.push().orThrow()
                let dynos = platform.processes(of: .shim)
                #expect(platform.kill(.everythingButDynos).count == 2)
                try await app.paas("ps").orThrow()
                #expect(try await platform.status("port") == "\(platform.port)")
                #expect(try await app.get().body == "here")
                #expect(platform.processes(of: .shim) == dynos)
            }
        }

        @Test(
            "a shim: its dyno ends with it, children that hide included, and is replaced", .timeLimit(.minutes(5)),
            arguments: levels)
        func shim(_ level: String) async throws {
            try await TestPlatform.with(level: level) { platform in
                let mark = "30\(Int.random(in: 100_000...999_999))"
                let app = try await TestApp("handed", on: platform, files: Self.hiding(mark))
                try await app.push().orThrow()
                #expect(try await app.get().body == "here")
                #expect(TestPlatform.lives(mark))
                let shims = platform.kill(.shim)
                #expect(try await eventually { platform.processes(of: .shim) != shims && platform.shims == 1 })
                #expect(try await app.get().body == "here")
                try await app.paas("ps:scale", "web=0").orThrow()
                #expect(try await eventually { !TestPlatform.lives(mark) })
            }
        }

        @Test("an app's process: it is started again", .timeLimit(.minutes(5)))
        func app() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("mortal", on: platform, files: AppFiles.python("here"))
                try await app.push().orThrow()
                let killed = platform.kill(.app)
                #expect(killed.count == 1)
                #expect(
                    try await eventually { platform.processes(of: .app).first.map { !killed.contains($0) } ?? false })
                #expect(try await app.get().body == "here")
                let logs = try await app.logsSay("State changed from crashed to starting")
                #expect(logs.contains("Process exited with status 137"), "\(logs)")
            }
        }

        @Test("the daemon and the client of an attached one-off dyno: it is hung up, and ends", .timeLimit(.minutes(5)))
        func attached() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("caller", on: platform, files: AppFiles.python("here"))
                try await app.push().orThrow()
                let run = try platform.command(["paas", "run", "echo hel''lo; sleep 1000"], in: app.folder).start()
                try await run.says("hello")
                #expect(platform.shims == 2)
                // A client that lives goes on with the next daemon.
                run.signal(9)
                platform.kill(.daemon)
                _ = try await run.ends()
                try await app.paas("ps").orThrow()
                try await app.logsSay("Client connection closed")
                #expect(try await eventually { platform.shims == 1 })
            }
        }

        @Test("everything at once, as in a power cut: what was acknowledged is there", .timeLimit(.minutes(5)))
        func everything() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("lamp", on: platform, files: AppFiles.python("here"))
                try await app.push().orThrow()
                try await app.paas("config:set", "COLOUR=blue").orThrow()
                try await app.paas("ps:scale", "web=2").orThrow()
                #expect(try await eventually { platform.shims == 2 })
                platform.kill(.everything)
                let up = try await platform.paas("up")
                #expect(up.succeeded, "\(up)")
                #expect(try await app.get("/env/COLOUR").body == "blue")
                #expect(try await eventually { platform.shims == 2 })
                #expect(try await app.currentRelease() == 4)
                #expect(try await app.push().text.contains("Everything up-to-date"))
            }
        }

        @Test(
            "after paas down nothing is left, whatever an app's children did to hide", .timeLimit(.minutes(5)),
            arguments: levels)
        func hidden(_ level: String) async throws {
            let mark = "31\(Int.random(in: 100_000...999_999))"
            try await TestPlatform.with(level: level) { platform in
                let app = try await TestApp("den", on: platform, files: Self.hiding(mark))
                try await app.push().orThrow()
                #expect(try await app.get().body == "here")
                #expect(TestPlatform.lives(mark))
                try await platform.paas("down").orThrow()
                #expect(try await platform.shell("ls -A home/run/dynos home/builds 2>/dev/null").output == "")
            }
            #expect(!TestPlatform.lives(mark))
        }

        /// Those that this machine has for whoever runs the tests.
        static let levels = Account.canBeMade ? ["L0", "L1", "L1b", "L3"] : ["L1", "L1b", "L3"]

        /// Prints a number every 20 ms.
        static var ticking: [String: String] {
            var files = AppFiles.python("here")
            files["server.py"] =
                """
                import itertools, threading, time

                def tick():
                    for number in itertools.count():
                        print("tick", number, flush=True)
                        time.sleep(0.02)

                threading.Thread(target=tick, daemon=True).start()

                """ + AppFiles.pythonServer("here")
            return files
        }

        /// An app with a child that has left its session, its parent and its environment, and a second one that has
        /// left its folder too.
        static func hiding(_ mark: String) -> [String: String] {
            var files = AppFiles.python("here")
            files["Procfile"] =
                "web: (setsid sleep \(mark) &) ; (cd / && env -i /usr/bin/setsid /bin/sleep \(mark) &) ; "
                + "exec python server.py\n"
            return files
        }
    }
}
