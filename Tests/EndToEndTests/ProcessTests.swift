import TestSupport
import Testing

extension EndToEnd {
    @Suite("Dynos")
    struct ProcessTests {
        @Test("scaled to nothing, an app answers H14, and comes back when scaled up", .timeLimit(.minutes(5)))
        func scaleToZero() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("sleepy", on: platform, files: AppFiles.python("awake"))
                try await app.push().orThrow()
                let scaled = try await app.paas("ps:scale", "web=0").orThrow()
                #expect(scaled.text.contains("Scaling dynos... done, now running web at 0"), "\(scaled)")
                #expect(try await app.get().status == 503)
                try await app.logsSay("at=error code=H14 desc=\"No web processes running\"")
                #expect(try await app.paas("ps").output.contains("No dynos on sleepy"))

                try await app.paas("ps:scale", "web=2").orThrow()
                #expect(try await app.get().body == "awake")
                try await app.logsSay("heroku[web.2]: State changed from starting to up")
                let listed = try await app.paas("ps").output
                #expect(listed.contains("web.1: up") && listed.contains("web.2: up"), "\(listed)")
            }
        }

        @Test(
            "that crash are started again, and a request meanwhile is told H10 or H13, never left hanging",
            .timeLimit(.minutes(5)))
        func crash() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("brittle", on: platform, files: AppFiles.python("whole"))
                try await app.push().orThrow()
                let tail = try platform.command(["paas", "logs", "--tail"], in: app.folder).start()
                let crashed = try await app.get("/crash")
                #expect(crashed.status == 503, "the dyno went away in the middle: H13")
                try await tail.says("Process exited with status 3")
                try await tail.says("State changed from up to crashed")
                try await tail.says("State changed from crashed to starting")
                try await tail.says("code=H13")
                #expect(try await app.get().body == "whole")
                tail.signal(2)
                _ = try await tail.ends()
            }
        }

        @Test("one-off: run passes output and, with -x, the exit code", .timeLimit(.minutes(5)))
        func run() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("errand", on: platform, files: AppFiles.python("here"))
                try await app.push().orThrow()
                let said = try await app.paas("run", "echo", "in $DYNO at $HOME")
                #expect(said.succeeded, "\(said)")
                #expect(said.output.contains("in run."), "\(said)")
                let failed = try await app.paas("run", "-x", "--", "sh", "-c", "exit 9")
                #expect(failed.code == 9, "\(failed)")
                let ignored = try await app.paas("run", "exit 9")
                #expect(ignored.code == 0, "\(ignored)")
                let logged = try await app.paas("logs", "-n", "200").output
                #expect(logged.contains("heroku[run.") && !logged.contains("app[run."), "\(logged)")
                let files = try await app.paas("run", "cat Procfile")
                #expect(files.output.contains("web: python server.py"), "\(files)")
            }
        }

        @Test("keep nothing that they write: scratch is thrown away at a restart", .timeLimit(.minutes(5)))
        func ephemeral() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("forgetful", on: platform, files: AppFiles.python("here"))
                try await app.push().orThrow()
                let wrote = try await app.paas("run", "-x", "--", "sh", "-c", "echo mark > note && cat note")
                #expect(wrote.succeeded && wrote.output.contains("mark"), "\(wrote)")
                let gone = try await app.paas("run", "-x", "--", "test", "-e", "note")
                #expect(gone.code == 1, "\(gone)")
            }
        }

        @Test("worker types start at zero and run when scaled", .timeLimit(.minutes(5)))
        func worker() async throws {
            try await TestPlatform.with { platform in
                let line = "worker: while true; do echo working; sleep 1; done\n"
                let app = try await TestApp("busy", on: platform, files: AppFiles.python("here", processes: line))
                try await app.push().orThrow()
                #expect(try await !app.paas("ps").output.contains("worker.1"))
                let tail = try platform.command(["paas", "logs", "--tail", "--dyno", "worker.1"], in: app.folder)
                    .start()
                try await app.paas("ps:scale", "worker+1").orThrow()
                try await tail.says("app[worker.1]: working")
                tail.signal(2)
                _ = try await tail.ends()
                #expect(try await app.paas("ps").output.contains("worker.1: up"))
            }
        }

        @Test("one-off: run:detached logs what the command says, and ps:stop ends it", .timeLimit(.minutes(5)))
        func detached() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("aside", on: platform, files: AppFiles.python("here"))
                try await app.push().orThrow()
                let started = try await app.paas("run:detached", "echo at work as $DYNO; exec sleep 1000")
                let name = try #require(started.text.firstMatch(of: /run\.\d+/).map { String($0.0) }, "\(started)")
                try await app.logsSay("app[\(name)]: at work as \(name)")
                let listed = try await app.paas("ps").output
                #expect(listed.contains("\(name) (Basic): up"), "\(listed)")
                let own = try await app.paas("logs", "--dyno-name", name).output
                #expect(own.contains("app[\(name)]: at work as \(name)"), "\(own)")
                #expect(own.split(separator: "\n").allSatisfy { $0.contains("[\(name)]: ") }, "\(own)")

                try await app.paas("ps:stop", "--dyno-name", name).orThrow()
                try await app.logsSay("heroku[\(name)]: Process exited with status 143")
                #expect(try await !app.paas("ps").output.contains(name))
                #expect(try await app.get().body == "here")
                let again = try await app.paas("ps:stop", "--dyno-name", name)
                #expect(again.code == 1 && !again.errors.isEmpty, "\(again)")
            }
        }

        @Test("stopped by hand stay down until ps:restart brings them back", .timeLimit(.minutes(5)))
        func stopByHand() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("paused", on: platform, files: AppFiles.python("here"))
                try await app.push().orThrow()
                try await app.paas("ps:stop", "web.1").orThrow()
                try await app.logsSay("heroku[web.1]: State changed from up to down")
                #expect(try await app.paas("ps").output.contains("web.1: down"))
                #expect(try await app.get().status == 503)
                try await app.paas("ps:restart").orThrow()
                #expect(try await app.get().body == "here")
                #expect(try await app.paas("ps").output.contains("web.1: up"))
            }
        }
    }
}
