import TestSupport
import Testing

extension EndToEnd {
    @Suite("One-off dynos and commands in dynos")
    struct OneOffTests {
        @Test("run carries 100 MB both ways, byte for byte", .timeLimit(.minutes(5)))
        func muchInput() async throws {
            try await TestPlatform.with { platform in
                let app = try await served("pipeline", on: platform)
                let line =
                    "head -c 100000000 /dev/urandom > ../big; paas run -x cat < ../big | cmp - ../big && echo same"
                let outcome = try await platform.shell(line, in: app.folder)
                #expect(outcome.succeeded && outcome.output == "same\n", "\(outcome)")
            }
        }

        @Test(
            "whose client is killed get SIGHUP three times, and R16 when that has no effect", .timeLimit(.minutes(5)))
        func detached() async throws {
            try await TestPlatform.with { platform in
                let app = try await served("stubborn", on: platform)
                let run = try platform.command(
                    ["paas", "run", "trap '' HUP; echo be\"\"gun as $DYNO; exec sleep 1000"], in: app.folder
                ).start()
                let said = try await run.says("begun as run.")
                let tail = try platform.command(["paas", "logs", "--tail", "-n", "200"], in: app.folder).start()
                run.signal(9)
                let log = try await tail.says("Error R16 (Detached)")
                tail.signal(2)
                #expect(
                    log.matches(of: /Client connection closed\. Sending SIGHUP to all processes/).count == 3, "\(log)")
                let name = try #require(said.firstMatch(of: /run\.\d+/).map { String($0.0) })
                #expect(try await app.paas("ps").output.contains(name), "it goes on, as on Heroku")
                try await app.paas("ps:stop", "--dyno-name", name).orThrow()
            }
        }

        @Test("whose client is killed end by SIGHUP", .timeLimit(.minutes(5)))
        func hungUp() async throws {
            try await TestPlatform.with { platform in
                let app = try await served("obedient", on: platform)
                let run = try platform.command(["paas", "run", "echo be\"\"gun; exec sleep 1000"], in: app.folder)
                    .start()
                try await run.says("begun")
                run.signal(9)
                let log = try await app.logsSay("State changed from up to complete")
                #expect(log.contains("Sending SIGHUP") && log.contains("Process exited with status 129"), "\(log)")
            }
        }

        @Test("that end at once still show everything, and pass their exit code", .timeLimit(.minutes(5)))
        func quick() async throws {
            try await TestPlatform.with { platform in
                let app = try await served("hasty", on: platform)
                let line = "for n in 1 2 3 4 5 6 7 8; do paas run -x \"echo word; exit $n\" 2>/dev/null; echo $?; done"
                let outcome = try await platform.shell(line, in: app.folder)
                #expect(outcome.output == (1...8).map { "word\n\($0)\n" }.joined(), "\(outcome)")
            }
        }

        @Test("of a size are limited in number only with the feature strict", .timeLimit(.minutes(5)))
        func strict() async throws {
            try await TestPlatform.with { platform in
                let app = try await served("frugal", on: platform)
                for _ in 0..<2 { try await app.paas("run:detached", "-s", "eco", "sleep 1000").orThrow() }
                try await app.paas("features:enable", "strict").orThrow()
                let refused = try await app.paas("run:detached", "-s", "eco", "sleep 1000")
                #expect(
                    refused.code == 1
                        && refused.errors.contains("Cannot run more than 1 Eco size one-off dyno at once."),
                    "\(refused)")
                try await app.paas("ps:stop", "--process-type", "run").orThrow()
            }
        }

        @Test("get variables, a size and a type, and words as they were typed", .timeLimit(.minutes(5)))
        func request() async throws {
            try await TestPlatform.with { platform in
                let app = try await served("precise", on: platform)
                let said = try await app.paas(
                    "run", "--env", "A=1;B=two words", "--size", "standard-2x", "--no-notify", "--no-launcher",
                    "--no-tty",
                    "--", "printf", "%s/", "a b", "say \"hi\"", "--size")
                #expect(said.output == "a b/say \"hi\"/--size/", "\(said)")
                let variables = try await app.paas("run", "-e", "A=1;B=two words", "echo $A $B $LINES")
                #expect(variables.output == "1 two words\n", "\(variables)")
                let bad = try await app.paas("run", "--env", "A=1;B", "true")
                #expect(bad.errors.contains("env flag B appears invalid. Avoid using ';' in values."), "\(bad)")
            }
        }

        @Test("ps:exec runs beside the dyno's own command, with its code and its streams", .timeLimit(.minutes(5)))
        func exec() async throws {
            try await TestPlatform.with { platform in try await tryExec(on: platform) }
        }

        @Test(
            "ps:exec works for an ordinary user at every level", .needsRoot, .timeLimit(.minutes(5)),
            arguments: ["L1", "L1b", "L2", "L3"])
        func execAsUser(_ level: String) async throws {
            try await Account.with { account in
                try await TestPlatform.with(account: account, level: level) { platform in
                    try await tryExec(on: platform)
                }
            }
        }

        @Test("ps:wait returns when every dyno runs the newest release", .timeLimit(.minutes(5)))
        func wait() async throws {
            try await TestPlatform.with { platform in
                let app = try await served("punctual", on: platform)
                let idle = try await app.paas("ps:wait")
                #expect(idle.succeeded && idle.text.isEmpty, "\(idle)")
                try await app.commit(AppFiles.python("new"))
                try await app.push().orThrow()
                let waited = try await app.paas("ps:wait", "--with-run")
                #expect(waited.succeeded, "\(waited)")
                #expect(try await app.paas("ps").output.contains("web.1: up"))
                let both = try await app.paas("ps:wait", "-R", "-t", "web")
                #expect(both.code == 2, "\(both)")
            }
        }

        @Test("ps --extended shows how each dyno is kept apart, and where it listens", .timeLimit(.minutes(5)))
        func extended() async throws {
            try await TestPlatform.with(level: "L3") { platform in
                let app = try await served("frank", on: platform)
                let table = try await app.paas("ps", "--extended").output
                #expect(table.contains("Sandbox") && table.firstMatch(of: #/web\.1 .* L3 +2\d{4} /#) != nil, "\(table)")
                let document = try await app.paas("ps", "-x", "--json").output
                #expect(document.jsonField("sandbox") == "L3", "\(document)")
                #expect(try await !app.paas("ps", "--json").output.contains("extended"))
            }
        }

        private func tryExec(on platform: TestPlatform) async throws {
            let app = try await served("inner", on: platform)
            try await app.paas("config:set", "SECRET=not-in-argv").orThrow()
            let said = try await app.paas("ps:exec", "echo $DYNO $SECRET; pwd; echo $HOME; cat Procfile; exit 5")
            let lines = said.output.split(separator: "\n").map(String.init)
            #expect(said.code == 5 && lines.first == "web.1 not-in-argv", "\(said)")
            #expect(lines.count == 4 && lines[1] == lines[2] && lines[3] == "web: python server.py", "\(said)")
            #expect(said.errors == "Connecting to web.1 on inner... done\n", "\(said)")
            // The web process writes; the command beside it reads the same scratch.
            let piped = try await platform.run(
                ["paas", "ps:exec", "--dyno", "web.1", "--", "tr", "a-z", "A-Z"], in: app.folder, input: "loud\n")
            #expect(piped.succeeded && piped.output == "LOUD\n", "\(piped)")
            let inside = try await app.paas("run:inside", "web.1", "-x", "exit 9")
            #expect(inside.code == 9, "\(inside)")
            let absent = try await app.paas("ps:exec", "-d", "web.7", "true")
            #expect(absent.code == 1 && absent.errors.contains("Couldn't find that dyno (web.7)."), "\(absent)")
            try await app.paas("ps:stop", "--dyno-name", "web.1").orThrow()
            let down = try await app.paas("ps:exec", "true")
            #expect(down.errors.contains("Couldn't run a command in web.1: It is down."), "\(down)")
        }

        private func served(_ name: String, on platform: TestPlatform) async throws -> TestApp {
            let app = try await TestApp(name, on: platform, files: AppFiles.python("here"))
            try await app.push().orThrow()
            return app
        }
    }
}
