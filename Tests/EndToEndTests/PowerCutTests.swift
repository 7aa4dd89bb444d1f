import TestSupport
import Testing

extension EndToEnd {
    @Suite("A power cut", .needsDisks)
    struct PowerCutTests {
        @Test("right after a command was acknowledged takes nothing of what it did", .timeLimit(.minutes(5)))
        func acknowledged() async throws {
            try await TestPlatform.with(starts: false) { platform in
                let disk = try await TestDisk(under: platform)
                func cut() async throws {
                    try await disk.cutPower()
                    try await platform.paas("up", "--port", "\(platform.port)").orThrow()
                }
                try await platform.paas("up", "--port", "\(platform.port)").orThrow()

                let app = try await TestApp("lamp", on: platform, files: AppFiles.python("one"))
                try await cut()
                try await app.push("main", "main:topic").orThrow()
                try await cut()
                #expect(try await app.get().body == "one")
                try await Self.expectWhole(app, branches: 2)

                try await app.commit(AppFiles.python("two"))
                try await app.push().orThrow()
                try await cut()
                #expect(try await app.get().body == "two")
                try await Self.expectWhole(app, branches: 2)

                try await app.paas("config:set", "COLOUR=blue").orThrow()
                try await cut()
                #expect(try await app.get("/env/COLOUR").body == "blue")

                try await app.paas("rollback").orThrow()
                try await cut()
                #expect(try await app.get().body == "two")
                #expect(try await app.get("/env/COLOUR").body == "unset")
                #expect(try await app.currentRelease() == 6)

                try await platform.paas("down").orThrow()
                try await disk.remove()
            }
        }

        @Test("takes no database that was made, and no row", .timeLimit(.minutes(5)))
        func database() async throws {
            try await TestPlatform.with(starts: false) { platform in
                let disk = try await TestDisk(under: platform)
                try await platform.paas("up", "--port", "\(platform.port)").orThrow()
                let app = try await TestApp("shop", on: platform, files: ["README": ""])
                try await app.paas("addons:create", "heroku-postgresql").orThrow()
                for row in 1...2 {
                    try await disk.cutPower()
                    try await platform.paas("up", "--port", "\(platform.port)").orThrow()
                    let line =
                        "CREATE TABLE IF NOT EXISTS t (n int); INSERT INTO t VALUES (\(row)); SELECT count(*) FROM t"
                    let rows = try await app.paas("pg:psql", "-c", line)
                    #expect(rows.succeeded && rows.output.contains("     \(row)\n"), "\(rows)")
                }
                try await platform.paas("down").orThrow()
                try await disk.remove()
            }
        }

        @Test("in the middle of changes leaves each of them done or undone", .timeLimit(.minutes(10)))
        func storm() async throws {
            try await TestPlatform.with(starts: false) { platform in
                let disk = try await TestDisk(under: platform)
                try await platform.paas("up", "--port", "\(platform.port)").orThrow()
                let app = try await TestApp("storm", on: platform, files: AppFiles.python("0"))
                try await app.push().orThrow()
                var (pushed, set) = (0, 0)
                for _ in 0..<4 {
                    let (push, value) = (pushed + 1, set + 1)
                    try await app.commit(AppFiles.python("\(push)"))
                    async let first = app.push()
                    async let second = app.paas("config:set", "N=\(value)")
                    try await Task.sleep(for: .milliseconds(Int.random(in: 50...1500)))
                    try await disk.cutPower()
                    let (isPushed, isSet) = (try await first.succeeded, try await second.succeeded)
                    try await platform.paas("up", "--port", "\(platform.port)").orThrow()

                    let body = Int(try await app.get().body) ?? -1
                    #expect(body == push || body == pushed && !isPushed, "push \(push), \(isPushed): \(body)")
                    let answer = try await app.get("/env/N").body
                    let now = answer == "unset" ? 0 : Int(answer) ?? -1
                    #expect(now == value || now == set && !isSet, "value \(value), \(isSet): \(now)")
                    try await app.push().orThrow()
                    #expect(try await app.get().body == "\(push)")
                    try await Self.expectWhole(app, branches: 1)
                    (pushed, set) = (push, now)
                }
                try await platform.paas("down").orThrow()
                try await disk.remove()
            }
        }

        /// Git's own check of the app's repository, whose branches stand where they were pushed to.
        private static func expectWhole(_ app: TestApp, branches: Int) async throws {
            let check = "git --git-dir \"$(git remote get-url paas)\" fsck --strict --no-dangling"
            try await app.platform.shell(check, in: app.folder).orThrow()
            let heads = try await app.git("ls-remote", "--heads", "paas").orThrow().output
            #expect(heads.split(separator: "\n").count == branches)
            let head = try await app.git("rev-parse", "HEAD").orThrow().output.prefix(40)
            #expect(heads.contains("\(head)\trefs/heads/main"), "\(heads)")
        }
    }
}
