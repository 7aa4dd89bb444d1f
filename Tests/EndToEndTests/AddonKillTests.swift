import TestSupport
import Testing

extension EndToEnd {
    /// What making, ending, restoring and changing passwords come to is tested with each service.
    @Suite("An add-on whose daemon is killed")
    struct AddonKillTests {
        @Test(
            "in the middle of a command is as before, or as the command has it: what is shown is set, and answers",
            .timeLimit(.minutes(5)))
        func anyCommand() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("owner", on: platform, files: ["README": ""])
                let guest = try await TestApp("guest", on: platform, files: ["README": ""])
                for (service, name) in [
                    ("heroku-postgresql", "pg-one"), ("heroku-postgresql", "pg-two"), ("heroku-redis", "cache"),
                ] {
                    try await app.paas("addons:create", service, "--name", name).orThrow()
                }
                try await app.paas("pg:psql", "pg-one", "-c", "CREATE TABLE t AS SELECT generate_series(1, 100) AS n")
                    .orThrow()
                for pause in [25, 70] {
                    for command in Self.commands(pause) {
                        async let running = platform.shell("paas \(command)")
                        try await Task.sleep(for: .milliseconds(pause))
                        platform.kill(.daemon)
                        _ = try await running
                        try await check(app, guest, "after \(pause) ms of \(command)")
                    }
                }
                // Nothing is in the way of ending all of it.
                for name in ["pg-one", "pg-two"] {
                    try await app.paas("addons:destroy", name, "--force", "--confirm", "owner").orThrow()
                }
                #expect(try await guest.paas("config").output.contains("_URL") == false)
            }
        }

        private static func commands(_ pause: Int) -> [String] {
            [
                "addons:attach pg-one --as EXTRA\(pause) -a owner", "addons:attach pg-one --as LENT\(pause) -a guest",
                "addons:upgrade cache heroku-redis:premium-\(pause == 25 ? 0 : 1) -a owner",
                "pg:promote pg-two -a owner", "pg:copy pg-one pg-two --confirm owner -a owner",
                "pg:reset pg-two --confirm owner -a owner", "pg:promote pg-one -a owner",
                "pg:backups:capture pg-one -a owner", "redis:maxmemory cache --policy allkeys-lru -a owner",
                "redis:timeout cache --seconds \(pause) -a owner", "addons:detach EXTRA\(pause) -a owner",
                "addons:detach LENT\(pause) -a guest", "addons:rename cache cache-\(pause) -a owner",
                "addons:rename cache-\(pause) cache -a owner",
            ]
        }

        private func check(_ app: TestApp, _ guest: TestApp, _ moment: Comment) async throws {
            for app in [app, guest] {
                // What other apps have of an add-on is listed, too: `as LENT on guest app`.
                let lines = try await app.paas("addons").orThrow().output.split(separator: "\n")
                let names = lines.filter { !$0.contains(" on ") }.compactMap { line in
                    line.firstMatch(of: /as ([A-Z0-9_]+)/).map { String($0.1) }
                }
                let keys = try await app.paas("config").orThrow().output.matches(of: /([A-Z0-9_]+)_URL:/).map {
                    String($0.1)
                }
                #expect(Set(names) == Set(keys), moment)
            }
            let rows = try await app.paas("pg:psql", "pg-one", "-c", "SELECT count(*) FROM t")
            #expect(rows.output.contains(" 100\n"), moment)
            #expect(try await app.paas("pg:psql", "pg-two", "-c", "SELECT 1").succeeded, moment)
            #expect(try await app.paas("redis:info").output.contains("=== cache"), moment)
        }
    }
}
