import TestSupport
import Testing

extension EndToEnd {
    @Suite("paas logs")
    struct LogTests {
        @Test("filters first and counts then, in Heroku's format", .timeLimit(.minutes(5)))
        func filters() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("scribe", on: platform, files: AppFiles.python("here"))
                try await app.push().orThrow()
                for number in 1...5 { _ = try await app.get("/say/line-\(number)") }

                let last = try await app.paas("logs", "-n", "2", "--source", "app", "--dyno", "web.1").output
                let lines = last.split(separator: "\n")
                #expect(lines.count == 2, "\(last)")
                #expect(
                    lines.last?.contains(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00 app\[web\.1\]: line-5$/)
                        == true, "\(last)")

                let router = try await app.paas("logs", "--source", "heroku", "--dyno", "router").output
                #expect(
                    router.contains(/heroku\[router\]: at=info method=GET path="\/say\/line-1" host=scribe\.localhost/),
                    "\(router)")
                #expect(!router.contains("app[web.1]"), "\(router)")
                let api = try await app.paas("logs", "-n", "500", "--source", "app").output
                #expect(api.contains("app[api]: Release v3 created by user"), "\(api)")
            }
        }

        @Test("--tail shows each line when it happens", .timeLimit(.minutes(5)))
        func tail() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("watcher", on: platform, files: AppFiles.python("here"))
                try await app.push().orThrow()
                let tail = try platform.command(["paas", "logs", "--tail"], in: app.folder).start()
                try await tail.says("app[web.1]: ready to serve")
                _ = try await app.get("/say/now")
                try await tail.says("app[web.1]: now")
                tail.signal(2)
                let ended = try await tail.ends()
                #expect(ended.code != 0 || ended.succeeded)
            }
        }

        @Test("keeps history over deploys and restarts of the platform", .timeLimit(.minutes(5)))
        func history() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("elder", on: platform, files: AppFiles.python("here"))
                try await app.push().orThrow()
                _ = try await app.get("/say/long-ago")
                try await platform.paas("down").orThrow()
                try await platform.paas("up", "--port", "\(platform.port)").orThrow()
                let logs = try await app.paas("logs", "-n", "500").output
                #expect(logs.contains("app[web.1]: long-ago"), "\(logs)")
            }
        }

        @Test(
            "neither loses nor tears lines: 10 MB without a newline, and bytes that are no UTF-8",
            .timeLimit(.minutes(5)))
        func flood() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("torrent", on: platform, files: AppFiles.python("here"))
                try await app.push().orThrow()
                let program =
                    "import sys; o = sys.stdout.buffer; o.write(b'x' * 10_000_000 + b'\\n\\xff\\xfe odd\\n'); o.write(b'the end\\n')"
                try await app.paas("run:detached", "--", "python", "-c", program).orThrow()
                let tail = try platform.command(["paas", "logs", "--tail", "--process-type", "run"], in: app.folder)
                    .start()
                try await tail.says("the end")
                tail.signal(2)
                _ = try await tail.ends()
                #expect(try await app.get().body == "here")
            }
        }
    }
}
