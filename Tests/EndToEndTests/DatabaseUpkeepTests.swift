import TestSupport
import Testing

extension EndToEnd {
    @Suite("The upkeep of a database")
    struct DatabaseUpkeepTests {
        @Test(
            "is a backup every day at an hour of its place, and one for all that were missed",
            .timeLimit(.minutes(4)))
        func schedules() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("keeper", on: platform, files: ["README": ""])
                let none = try await app.paas("pg:backups:schedules")
                #expect(none.code == 1 && none.errors.contains("keeper has no databases"), "\(none)")
                let created = try await app.paas("addons:create", "heroku-postgresql").orThrow()
                let addon = try #require(created.output.firstMatch(of: /postgresql-[a-z]+-\d+/)).output
                for (at, reason) in [
                    ("02:30 UTC", "Invalid schedule format: expected --at '[HOUR]:00 [TIMEZONE]'"),
                    ("02:00 Middle/Earth", "does not know the time zone Middle/Earth"),
                ] {
                    let refused = try await app.paas("pg:backups:schedule", "--at", at)
                    #expect(refused.code == 1 && refused.errors.contains(reason), "\(refused)")
                }
                #expect(try await app.paas("pg:backups:schedules").errors.contains("No backup schedules found"))
                let scheduled = try await app.paas(
                    "pg:backups:schedule", "DATABASE_URL", "--at", "02:00 America/Los_Angeles"
                ).orThrow()
                let sentence = "Scheduling automatic daily backups of \(addon) at 02:00 America/Los_Angeles... done"
                #expect(scheduled.errors.contains(sentence), "\(scheduled)")
                // Scheduled again, it is another hour, not a second backup.
                try await app.paas("pg:backups:schedule", "--at", "04:00 PST").orThrow()
                #expect(try await app.paas("pg:backups:schedules").output == Self.list)

                // One for the days on which nobody was there.
                platform.kill(.daemon)
                try await platform.shell("python3 -c \"$1\" home/platform.db", Self.past).orThrow()
                try await app.paas("ps").orThrow()
                let isTaken = try await eventually {
                    try await app.paas("pg:backups").output.contains(/a001 .*Completed .*DATABASE/)
                }
                #expect(isTaken)
                #expect(try await !app.paas("pg:backups").output.contains("a002"))
                #expect(try await app.paas("logs").output.contains("The backup of DATABASE_URL was due at"))

                let ended = try await app.paas("pg:backups:unschedule").orThrow()
                #expect(ended.errors.contains("Unscheduling DATABASE_URL daily backups... done"), "\(ended)")
                let again = try await app.paas("pg:backups:unschedule")
                #expect(again.code == 1 && again.errors.contains("No schedules on keeper"), "\(again)")
            }
        }

        private static let list = """
            === Backup Schedules

            DATABASE_URL: daily at 4:00 America/Los_Angeles

            """

        /// As if three days had gone by without anybody.
        private static let past =
            "import sqlite3, sys, time; base = sqlite3.connect(sys.argv[1], isolation_level=None); "
            + "base.execute('UPDATE backup_schedules SET next_run = ?', [int(time.time() - 260000) * 1000000])"

        @Test(
            "ends where Heroku's own begins: a fork and a follower are copies, queries are counted, the rest is said",
            .timeLimit(.minutes(4)))
        func copies() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("forker", on: platform, files: ["README": ""])
                let other = try await TestApp("other", on: platform, files: ["README": ""])
                try await app.paas("addons:create", "heroku-postgresql").orThrow()
                try await app.paas("pg:psql", "-c", "CREATE TABLE t AS SELECT generate_series(1, 300) AS n").orThrow()
                func rows(_ app: TestApp, _ database: String) async throws -> String {
                    try await app.paas("pg:psql", database, "-c", "SELECT 'rows ' || count(*) FROM t").output
                }
                let fork = try await app.paas(
                    "addons:create", "heroku-postgresql", "--as", "FORK", "--", "--fork", "DATABASE_URL"
                ).orThrow()
                #expect(fork.output.contains(/It has what postgresql-[a-z]+-\d+ had when it was made\./), "\(fork)")
                try await app.paas("pg:psql", "-c", "DELETE FROM t").orThrow()
                #expect(try await rows(app, "FORK").contains("rows 300"))
                #expect(try await rows(app, "DATABASE").contains("rows 0"))
                let follower = try await other.paas(
                    "addons:create", "heroku-postgresql", "--", "--follow", "forker::FORK"
                ).orThrow()
                #expect(follower.output.contains("databases don't follow each other here"), "\(follower)")
                #expect(try await rows(other, "DATABASE").contains("rows 300"))
                try await other.paas("pg:psql", "-c", "INSERT INTO t VALUES (301)").orThrow()

                // What can't be copied leaves no database behind.
                let before = try await app.paas("addons", "--all").output
                for (source, reason) in [
                    ("NOTHING", "Couldn't find that add-on"),
                    ("postgres://u:p@db.example.com/d", "Only databases of this platform are forked"),
                ] {
                    let refused = try await app.paas("addons:create", "heroku-postgresql", "--", "--fork", source)
                    #expect(refused.code == 1 && refused.errors.contains(reason), "\(refused)")
                }
                #expect(try await app.paas("addons", "--all").output == before)

                let info = try await app.paas("pg:info", "FORK").output
                #expect(info.contains(/Connections: +\d+\/20/) && info.contains(/Data Size: .* \/ 1\.00 GB/), "\(info)")
                #expect(info.contains(/Tables: +1\/4000 \(In compliance\)/), "\(info)")
                let outliers = try await app.paas("pg:outliers", "FORK", "-n", "200").orThrow()
                #expect(outliers.output.contains("total_exec_time"), "\(outliers)")
                #expect(outliers.output.contains("SELECT $1 || count(*) FROM t"), "\(outliers)")
                #expect(!outliers.output.contains("DELETE FROM t"), "\(outliers)")
                #expect(try await app.paas("pg:maintenance").orThrow().output.contains("has no maintenance scheduled"))
                for command in ["pg:maintenance:run", "pg:maintenance:window", "pg:upgrade", "pg:upgrade:run"] {
                    let refused = try await app.paas(command)
                    #expect(refused.code == 1 && refused.output.isEmpty && !refused.errors.isEmpty, "\(refused)")
                }
                #expect(try await app.paas("pg:upgrade").errors.contains(/served by this machine's PostgreSQL \d+/))
            }
        }
    }
}
