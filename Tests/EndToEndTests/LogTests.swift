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
            "keeps 10 MB without a newline in lines of 10,000 bytes, each byte once, and any byte as it came",
            .timeLimit(.minutes(5)))
        func flood() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("deluge", on: platform, files: AppFiles.python("here"))
                try await app.push().orThrow()
                // Numbers of seven digits, so that a byte that went missing or came twice is noticed.
                let program =
                    "import sys; o = sys.stdout.buffer; o.write(b''.join(b'%07d' % n for n in range(1_430_000)) + b'\\n'); "
                    + "o.write(b'odd \\xff\\xfe\\xc3 bytes\\n'); o.write(b'the end\\n')"
                let reader = """
                    import subprocess

                    tail = subprocess.Popen(["paas", "logs", "--tail", "-n", "1"], stdout=subprocess.PIPE)
                    lines = []
                    print("listening to", tail.stdout.readline().decode(), flush=True)
                    for line in tail.stdout:
                        head, text = line[:-1].split(b"]: ", 1)
                        if b"app[run." not in head:
                            continue
                        if text == b"the end":
                            break
                        lines.append(text)
                    tail.terminate()
                    tail.wait()
                    flood, odd = lines[:-1], lines[-1]
                    whole = b"".join(b"%07d" % n for n in range(1_430_000))
                    print("lines", len(flood), "longest", max(map(len, flood)), "whole", b"".join(flood) == whole)
                    print("odd", odd == b"odd \\xff\\xfe\\xc3 bytes")

                    """
                let listener = try platform.command(["python3", "-c", reader], in: app.folder).start()
                try await listener.says("listening to")
                try await app.paas("run:detached", "--", "python", "-c", program).orThrow()
                let said = try await listener.ends()
                #expect(said.output.contains("lines 1001 longest 10000 whole True\nodd True\n"), "\(said)")
                #expect(try await app.get().body == "here")
            }
        }

        @Test("has a request's router line as soon as the answer is there", .timeLimit(.minutes(5)))
        func prompt() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("punctual", on: platform, files: AppFiles.python("here"))
                try await app.push().orThrow()
                for number in 1...10 {
                    #expect(try await app.get("/round/\(number)").status == 200)
                    let logs = try await app.paas("logs", "-n", "5").output
                    #expect(logs.contains("path=\"/round/\(number)\""), "\(logs)")
                }
            }
        }
    }
}
