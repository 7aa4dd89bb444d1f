import TestSupport
import Testing

extension EndToEnd {
    @Suite("The tutorial of a web checker")
    struct WebcheckerTests {
        @Test("works as docs/tutorials.md has it: Flask, Postgres, mail, a scheduled job", .timeLimit(.minutes(15)))
        func commands() async throws {
            try await TestPlatform.with { platform in
                let watched = "127.0.0.1:\(try FreePort.find())"
                var tutorial = try await Tutorial(
                    "docs/tutorials.md", on: platform,
                    changes: ["127.0.0.1:8123": watched, "8123": "\(watched.split(separator: ":")[1])"])
                func list() async throws -> String { try await platform.get("webchecker.localhost", "/list").body }

                let push = try await tutorial.type("git push paas main").errors
                #expect(push.contains("remote: -----> Python app detected"), "\(push)")
                #expect(push.contains("Procfile declares types -> checker, web"), "\(push)")
                #expect(push.contains("Verifying deploy... done."), "\(push)")
                let hello = try await tutorial.type("hello").output
                #expect(hello.contains("Hello from webchecker"), "\(hello)")
                let logs = try tutorial.start("paas logs --tail")
                _ = try await platform.get("webchecker.localhost", "/hello?again")
                try await logs.says("path=\"/hello?again\"")
                try await logs.interrupt()

                #expect(try await list().contains("paas addons:create heroku-postgresql:hobby-dev"))
                let created = try await tutorial.type("addons:create heroku-postgresql:hobby-dev").output
                #expect(created.contains(/Created postgresql-[a-z]+-\d{5} as DATABASE_URL/), "\(created)")
                #expect(try await list().contains("paas pg:psql -c &#34;CREATE TABLE sites "))
                #expect(try await tutorial.type("CREATE TABLE").output.contains("CREATE TABLE"))
                #expect(try await list().contains("None so far."))
                let server = try tutorial.start("http.server")
                try await server.says("Serving HTTP")
                #expect(try await tutorial.type("INSERT INTO").output.contains("INSERT 0 1"))
                #expect(try await list().contains("not checked yet"))

                let first = try await tutorial.type("python checkwebsite.py").output
                #expect(first.contains("DATABASE_URL: postgres://"), "\(first)")
                #expect(first.hasSuffix("http://\(watched)/ is watched from now on\n"), "\(first)")
                #expect(try await list().contains("not changed so far"))

                let key = try await tutorial.type("addons:create sendgrid:starter").output
                #expect(key.contains(/SENDGRID_API_KEY: SG\.\S+/) && key.contains("me@example.com"), "\(key)")
                let second = try await tutorial.type("paas run python checkwebsite.py").output
                #expect(second.contains("http://\(watched)/ has changed; me@example.com is told by mail"), "\(second)")
                #expect(try await list().contains("<mark>changed "))
                let mail = try await tutorial.type("paas mail:open 1").output
                #expect(mail.contains("1 in all."), "\(mail)")
                #expect(mail.contains("To: me@example.com\nSubject: http://\(watched)/ has changed\n"), "\(mail)")

                let job = try await tutorial.type("addons:create scheduler:standard").output
                #expect(job.contains("Every 10 minutes; the next runs are"), "\(job)")
                let run = try await tutorial.type("paas scheduler:run 1").errors
                let dyno = try #require(run.firstMatch(of: /scheduler\.\d{4}/).map { String($0.0) }, "\(run)")
                try await logsSay("heroku[\(dyno)]: State changed from up to complete", platform)
                let end = try await tutorial.type("paas scheduler:history").output
                #expect(end.contains(dyno) && end.contains("status 0") && end.contains("2 in all."), "\(end)")

                try await server.interrupt()
                try await tutorial.type("paas apps:destroy")
                #expect(tutorial.isOver)
            }
        }

        private func logsSay(_ mark: String, _ platform: TestPlatform) async throws {
            let tail = try platform.command(["paas", "logs", "--tail", "-n", "1000", "-a", "webchecker"]).start()
            try await tail.says(mark)
            try await tail.interrupt()
        }
    }
}
