import TestSupport
import Testing

extension EndToEnd {
    @Suite("A database of heroku-postgresql")
    struct DatabaseTests {
        @Test("is there when the command returns: in the config, in a dyno, over TLS, in psql", .timeLimit(.minutes(5)))
        func create() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("shop", on: platform, files: Self.counter)
                let created = try await app.paas("addons:create", "heroku-postgresql:hobby-dev").orThrow()
                #expect(created.errors.contains("Creating heroku-postgresql:hobby-dev on shop... free"))
                #expect(created.output.contains(/Created postgresql-[a-z]+-\d{5} as DATABASE_URL/), "\(created)")
                try await app.push().orThrow()
                // Each visit writes a row.
                for visit in 1...3 {
                    let answer = try await app.get()
                    #expect(answer.body == "visit \(visit), TLS True", "\(answer)")
                }
                let rows = try await app.paas("pg:psql", "-c", "SELECT count(*) FROM visits").orThrow()
                #expect(rows.output.contains("     3\n"))
                let info = try await app.paas("pg:info").orThrow().output
                #expect(
                    info.contains("=== DATABASE_URL") && info.contains(/Rows: +\d\/10000 \(In compliance\)/), "\(info)")
                let inside = try await app.paas("run", "psql $DATABASE_URL -Atc 'select 40 + 2'")
                #expect(inside.output.contains("42"), "\(inside)")
            }
        }

        @Test(
            "takes SQL by -c, by -f and through a pipe, and psql's own exit status comes back", .timeLimit(.minutes(3)))
        func shell() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("shell", on: platform, files: ["schema.sql": "CREATE TABLE t (n int);\n"])
                try await app.paas("addons:create", "heroku-postgresql").orThrow()
                try await app.paas("pg:psql", "-f", "schema.sql").orThrow()
                var piped = platform.command(["paas", "pg:psql"], in: app.folder)
                piped.input = "INSERT INTO t VALUES (7);\nSELECT n * 6 FROM t;\n"
                #expect(try await piped.run().orThrow().output.contains("42"))
                let failed = try await app.paas("pg:psql", "-c", "SELECT nothing")
                #expect(failed.code == 1 && failed.errors.contains("column \"nothing\" does not exist"), "\(failed)")
            }
        }

        @Test(
            "keeps its data through a stop, through kill -9 of the daemon and of its own server",
            .timeLimit(.minutes(5)))
        func survives() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("keeper", on: platform, files: ["README": ""])
                try await app.paas("addons:create", "heroku-postgresql").orThrow()
                try await app.paas("pg:psql", "-c", "CREATE TABLE t AS SELECT 1 AS n").orThrow()
                let url = try await app.paas("config:get", "DATABASE_URL").output
                let pid = try await platform.shell("head -1 home/addons/postgresql/data/postmaster.pid").output

                platform.kill(.daemon)
                try await app.paas("pg:psql", "-c", "INSERT INTO t VALUES (2)").orThrow()
                try await app.paas("ps").orThrow()
                #expect(try await platform.shell("head -1 home/addons/postgresql/data/postmaster.pid").output == pid)

                // Whatever of PostgreSQL is killed, a new one answers with the same data under the same URL.
                try await platform.shell("pkill -9 -f 'listen_addresses=127.0.0.1.*port='\(port(of: url)) || true")
                    .orThrow()
                #expect(
                    try await eventually { try await app.paas("pg:psql", "-c", "INSERT INTO t VALUES (3)").succeeded })

                try await platform.paas("down").orThrow()
                let stopped = try await platform.run(["psql", String(url.dropLast()), "-c", "SELECT 1"])
                #expect(stopped.errors.contains("Connection refused"), "\(stopped)")
                try await platform.paas("up", "--port", "\(platform.port)").orThrow()
                let rows = try await app.paas("pg:psql", "-c", "SELECT sum(n) FROM t").orThrow()
                #expect(rows.output.contains("   6\n"), "\(rows)")
                #expect(try await app.paas("config:get", "DATABASE_URL").output == url)
            }
        }

        @Test(
            "is nobody else's: neither another app's role nor more connections than the plan has get in",
            .timeLimit(.minutes(3)))
        func apart() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("mine", on: platform, files: ["README": ""])
                let other = try await TestApp("theirs", on: platform, files: ["README": ""])
                try await app.paas("addons:create", "heroku-postgresql").orThrow()
                try await other.paas("addons:create", "heroku-postgresql").orThrow()
                let mine = try await app.paas("config:get", "DATABASE_URL").output.dropLast()
                let theirs = try await other.paas("config:get", "DATABASE_URL").output.dropLast()
                let foreign =
                    "\(theirs[..<(theirs.lastIndex(of: "/") ?? theirs.endIndex)])\(mine[(mine.lastIndex(of: "/") ?? mine.startIndex)...])"
                let refused = try await platform.run(["psql", foreign, "-c", "SELECT 1"])
                #expect(refused.errors.contains("permission denied for database"), "\(refused)")
                let crowd = try await platform.shell(
                    "for n in $(seq 20); do psql \"$1\" -qc 'select pg_sleep(4)' >/dev/null 2>&1 & done; sleep 2; psql \"$1\" -c 'select 1'; wait",
                    String(mine))
                #expect(crowd.errors.contains("too many connections for role"), "\(crowd)")
            }
        }

        @Test("is backed up, put back, copied, promoted, emptied and given another password", .timeLimit(.minutes(5)))
        func moved() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("mover", on: platform, files: ["README": ""])
                func rows(_ database: String) async throws -> String {
                    try await app.paas("pg:psql", database, "-c", "SELECT 'rows ' || count(*) FROM t").output
                }
                try await app.paas("addons:create", "heroku-postgresql").orThrow()
                try await app.paas("addons:create", "heroku-postgresql", "--as", "SECOND").orThrow()
                try await app.paas("pg:psql", "-c", "CREATE TABLE t AS SELECT generate_series(1, 500) AS n").orThrow()

                let captured = try await app.paas("pg:backups:capture").orThrow()
                #expect(captured.errors.contains("Backing up DATABASE to b001... done"), "\(captured)")
                #expect(try await app.paas("pg:backups").output.contains(/b001 .*Completed .*KB +DATABASE/))
                try await app.paas("pg:backups:download", "-o", "kept.dump").orThrow()
                // What is no file is written to, and stays what it is.
                try await platform.shell(
                    """
                    cd "$1" && ln -s kept.dump link.dump && paas pg:backups:download -o link.dump && test -L link.dump
                    mkfifo pipe && (cmp pipe kept.dump &) && paas pg:backups:download -o pipe && test -p pipe
                    paas pg:backups:download -o - | cmp - kept.dump
                    """, app.folder
                ).orThrow()
                // One after the other, whoever asks for both at once.
                async let one = app.paas("pg:backups:restore", "--confirm", app.name)
                async let two = app.paas("pg:backups:restore", "--confirm", app.name)
                for restored in try await [one, two] { #expect(restored.succeeded, "\(restored)") }
                let listed = try await platform.shell("pg_restore -l kept.dump || cat kept.dump", in: app.folder)
                #expect(listed.output.contains("TABLE public t"), "\(listed)")
                let url = try await app.paas("pg:backups:url").orThrow().output.dropLast()
                #expect(
                    try await platform.shell(
                        "curl -sf --resolve \"api.localhost:$2:127.0.0.1\" \"$1\" | cmp - mover/kept.dump", String(url),
                        "\(platform.port)"
                    ).succeeded)

                try await app.paas("pg:psql", "-c", "DROP TABLE t").orThrow()
                try await app.paas("pg:backups:restore", "b001", "DATABASE_URL", "--confirm", "mover").orThrow()
                #expect(try await rows("DATABASE").contains("rows 500"))
                try await app.paas("pg:copy", "DATABASE", "SECOND", "--confirm", "mover").orThrow()
                #expect(try await rows("SECOND").contains("rows 500"))

                try await app.paas("pg:promote", "SECOND").orThrow()
                #expect(
                    try await app.paas("config:get", "DATABASE_URL").output
                        == app.paas("config:get", "SECOND_URL").output)
                let old = try await app.paas("config:get", "DATABASE_URL").output.dropLast()
                try await app.paas("pg:credentials:rotate", "--confirm", "mover").orThrow()
                #expect(try await app.paas("config:get", "SECOND_URL").output.dropLast() != old)
                #expect(try await !platform.run(["psql", String(old), "-c", "SELECT 1"]).succeeded)
                #expect(try await rows("DATABASE").contains("rows 500"))
                try await app.paas("pg:reset", "--confirm", "mover").orThrow()
                #expect(try await rows("DATABASE").isEmpty)

                try await app.paas("pg:backups:delete", "b001", "--confirm", "mover").orThrow()
                #expect(try await platform.shell("find home/addons/backups -name '*.dump*'").output.isEmpty)
            }
        }

        @Test("is pushed to only while it is empty, and pulled from", .timeLimit(.minutes(3)))
        func pushPull() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("puller", on: platform, files: ["README": ""])
                for name in ["ONE", "TWO", "THREE"] {
                    try await app.paas("addons:create", "heroku-postgresql", "--as", name).orThrow()
                }
                try await app.paas("pg:psql", "ONE", "-c", "CREATE TABLE t AS SELECT 1 AS n").orThrow()
                let urls = try await (
                    app.paas("config:get", "TWO_URL").output, app.paas("config:get", "ONE_URL").output
                )
                try await app.paas("pg:pull", "ONE", String(urls.0.dropLast())).orThrow()
                #expect(try await app.paas("pg:psql", "TWO", "-c", "SELECT n FROM t").succeeded)
                try await app.paas("pg:push", String(urls.1.dropLast()), "THREE").orThrow()
                #expect(try await app.paas("pg:psql", "THREE", "-c", "SELECT n FROM t").succeeded)
                let again = try await app.paas("pg:push", String(urls.1.dropLast()), "THREE")
                #expect(!again.succeeded && again.errors.contains("Remote database is not empty"), "\(again)")
            }
        }

        @Test("is whole or not there when the daemon was killed while it was made or ended", .timeLimit(.minutes(5)))
        func killed() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("victim", on: platform, files: ["README": ""])
                try await app.paas("addons:create", "heroku-postgresql", "--as", "FIRST").orThrow()
                for pause in [10, 30, 60, 100, 150, 250] {
                    async let creating = app.paas("addons:create", "heroku-postgresql", "--as", "P\(pause)")
                    try await Task.sleep(for: .milliseconds(pause))
                    platform.kill(.daemon)
                    _ = try await creating
                    try await Self.checkWhole(app)
                }
                let names = try await app.paas("addons").output.matches(of: /as (P\d+)/).map { String($0.1) }
                for (index, name) in names.enumerated() {
                    async let ending = app.paas("addons:destroy", name, "--confirm", "victim")
                    try await Task.sleep(for: .milliseconds(20 + 40 * index))
                    platform.kill(.daemon)
                    _ = try await ending
                    try await Self.checkWhole(app)
                }
                try await app.paas("addons:destroy", "FIRST", "--confirm", "victim").orThrow()
                for (name) in try await app.paas("addons").output.matches(of: /as (P\d+)/).map({ String($0.1) }) {
                    try await app.paas("addons:destroy", name, "--confirm", "victim").orThrow()
                }
                #expect(try await app.paas("config").output.contains("_URL") == false)
                let left = try await platform.shell(
                    """
                    cd home/addons/postgresql && PGPASSWORD=$(cat superuser) psql -h 127.0.0.1 -p $(cat port) -U postgres \
                        -tAc "SELECT datname FROM pg_database WHERE datname LIKE 'd%'
                              UNION SELECT rolname FROM pg_roles WHERE rolname LIKE 'u%'"
                    """
                ).orThrow()
                #expect(left.output.isEmpty, "\(left)")
            }
        }

        @Test("never loses what is in it when the daemon is killed while it is restored", .timeLimit(.minutes(5)))
        func killedRestore() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("phoenix", on: platform, files: ["README": ""])
                try await app.paas("addons:create", "heroku-postgresql").orThrow()
                try await app.paas("pg:psql", "-c", "CREATE TABLE t AS SELECT generate_series(1, 5000) AS n").orThrow()
                try await app.paas("pg:backups:capture").orThrow()
                for pause in [40, 80, 120, 160, 200, 260, 320] {
                    async let restoring = app.paas("pg:backups:restore", "--confirm", "phoenix")
                    try await Task.sleep(for: .milliseconds(pause))
                    platform.kill(.daemon)
                    _ = try await restoring
                    let rows = try await app.paas("pg:psql", "-c", "SELECT count(*) FROM t")
                    #expect(rows.output.contains(" 5000\n"), "after \(pause) ms: \(rows)")
                }
            }
        }

        @Test("whose data are gone is refused, not replaced by an empty one", .timeLimit(.minutes(3)))
        func lostData() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("losing", on: platform, files: ["README": ""])
                try await app.paas("addons:create", "heroku-postgresql", "--as", "FIRST").orThrow()
                try await app.paas("pg:psql", "FIRST", "-c", "CREATE TABLE t AS SELECT 7 AS n").orThrow()
                try await platform.paas("down").orThrow()
                try await platform.shell("mv home/addons/postgresql/data elsewhere").orThrow()
                try await platform.paas("up", "--port", "\(platform.port)").orThrow()
                for words in ["pg:info", "pg:reset FIRST --confirm losing", "addons:create heroku-postgresql"] {
                    let refused = try await platform.shell("paas \(words) -a losing")
                    #expect(!refused.succeeded && refused.errors.contains("are gone"), "\(refused)")
                }
                try await platform.shell("mv elsewhere home/addons/postgresql/data").orThrow()
                try await app.paas("pg:info", "FIRST").orThrow()
                let rows = try await app.paas("pg:psql", "FIRST", "-c", "SELECT n FROM t").orThrow()
                #expect(rows.output.contains(" 7\n"), "\(rows)")

                try await platform.paas("down").orThrow()
                try await platform.shell("rm -r home/addons/postgresql/data").orThrow()
                try await platform.paas("up", "--port", "\(platform.port)").orThrow()
                try await app.paas("addons:destroy", "FIRST", "--confirm", "losing").orThrow()
            }
        }

        @Test(
            "and its app know the same password when the daemon was killed while that was changed",
            .timeLimit(.minutes(5)))
        func rotated() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("rotor", on: platform, files: ["README": ""])
                try await app.paas("addons:create", "heroku-postgresql").orThrow()
                try await app.paas("addons:create", "heroku-redis").orThrow()
                for pause in [20, 40, 60, 80, 100, 140, 180] {
                    async let one = app.paas("pg:credentials:rotate", "--confirm", "rotor")
                    async let two = app.paas("redis:credentials", "--reset")
                    try await Task.sleep(for: .milliseconds(pause))
                    platform.kill(.daemon)
                    _ = try await (one, two)
                    try await app.paas("ps").orThrow()
                    #expect(
                        try await eventually {
                            let pair = try await (
                                app.paas("config:get", "DATABASE_URL").output,
                                app.paas("config:get", "REDIS_URL").output
                            )
                            let rows = try await platform.run(["psql", String(pair.0.dropLast()), "-c", "SELECT 1"])
                            let parts = try #require(pair.1.firstMatch(of: /redis:\/\/:([0-9a-f]+)@127\.0\.0\.1:(\d+)/))
                            let client = [
                                "redis-cli", "-p", String(parts.2), "-a", String(parts.1), "--no-auth-warning",
                            ]
                            let pong = try await platform.run(client + ["PING"])
                            return rows.succeeded && pong.output == "PONG\n"
                        }, "after \(pause) ms")
                }
                try await app.paas("pg:credentials:rotate", "--confirm", "rotor").orThrow()
                try await app.paas("redis:credentials", "--reset").orThrow()
            }
        }

        @Test("of an ordinary user runs as that user, and of a sandbox without overlays, too", .timeLimit(.minutes(5)))
        func levels() async throws {
            try await Account.with { account in
                for level in [nil, "L3"] {
                    try await TestPlatform.with(account: account, level: level) { platform in
                        let app = try await TestApp("plain", on: platform, files: ["README": ""])
                        try await app.paas("addons:create", "heroku-postgresql").orThrow()
                        #expect(
                            try await app.paas("pg:psql", "-c", "SELECT 'it answers'").output.contains("it answers"))
                        let owner = try await platform.shell("stat -c %u home/addons/postgresql/data").output
                        #expect(owner == "\(account.uid)\n")
                    }
                }
            }
        }

        @Test(
            "of root without a sandbox runs as a user without a name", .enabled(if: Account.canBeMade, "needs root"),
            .timeLimit(.minutes(3)))
        func rootWithoutSandbox() async throws {
            try await TestPlatform.with(level: "L3") { platform in
                let app = try await TestApp("bare", on: platform, files: ["README": ""])
                try await app.paas("addons:create", "heroku-postgresql").orThrow()
                #expect(try await app.paas("pg:psql", "-c", "SELECT 'it answers'").output.contains("it answers"))
                #expect(try await platform.shell("stat -c %u home/addons/postgresql/data").output != "0\n")
            }
        }

        /// What the list shows can be used, and has its config var; and no config var is there without it.
        private static func checkWhole(_ app: TestApp) async throws {
            let names = try await app.paas("addons").output.matches(of: /as ([A-Z0-9]+)/).map { String($0.1) }
            for name in names {
                #expect(try await eventually { try await app.paas("pg:psql", name, "-c", "SELECT 1").succeeded })
            }
            let keys = try await app.paas("config").output.matches(of: /([A-Z0-9]+)_URL:/).map { String($0.1) }
            #expect(keys.sorted() == names.sorted())
        }

        private func port(of url: String) -> String {
            url.firstMatch(of: /@127\.0\.0\.1:(\d+)\//).map { String($0.1) } ?? "?"
        }

        private static let counter = [
            "requirements.txt": "psycopg2-binary\n", "Procfile": "web: python app.py\n",
            "app.py": """
            import os
            from http.server import BaseHTTPRequestHandler, HTTPServer

            import psycopg2


            class Page(BaseHTTPRequestHandler):
                def do_GET(self):
                    with psycopg2.connect(os.environ["DATABASE_URL"], sslmode="require") as database:
                        with database.cursor() as cursor:
                            cursor.execute("CREATE TABLE IF NOT EXISTS visits (at timestamptz)")
                            cursor.execute("INSERT INTO visits VALUES (now())")
                            cursor.execute("SELECT count(*) FROM visits")
                            count = cursor.fetchone()[0]
                    body = f"visit {count}, TLS {database.info.ssl_in_use}".encode()
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)


            HTTPServer(("0.0.0.0", int(os.environ["PORT"])), Page).serve_forever()

            """,
        ]
    }
}
