import TestSupport
import Testing

extension EndToEnd {
    @Suite("A key-value store of heroku-redis")
    struct KeyValueStoreTests {
        @Test("answers apps and redis-cli with its own password, and keeps what it is told", .timeLimit(.minutes(3)))
        func life() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("queue", on: platform, files: ["README": ""])
                let created = try await app.paas("addons:create", "heroku-redis:mini").orThrow()
                #expect(created.output.contains(/Created redis-[a-z]+-\d{5} as REDIS_URL/), "\(created)")
                let url = try await app.paas("config:get", "REDIS_URL").output
                let parts = try #require(url.firstMatch(of: /redis:\/\/:([0-9a-f]+)@127\.0\.0\.1:(\d+)/))
                let client = ["redis-cli", "-p", String(parts.2), "--no-auth-warning"]
                #expect(try await platform.run(client + ["PING"]).output.contains("NOAUTH"))
                let own = client + ["-a", String(parts.1)]
                #expect(try await platform.run(own + ["SET", "greeting", "hello"]).output == "OK\n")

                try await app.paas("redis:maxmemory", "--policy", "allkeys-lru").orThrow()
                try await app.paas("redis:timeout", "--seconds", "60").orThrow()
                let refused = try await app.paas("redis:maxmemory", "--policy", "forget-all")
                #expect(!refused.succeeded && refused.errors.contains("noeviction, allkeys-lru"), "\(refused)")

                platform.kill(.daemon)
                try await app.paas("ps").orThrow()
                #expect(try await platform.run(own + ["GET", "greeting"]).output == "hello\n")
                try await platform.paas("down").orThrow()
                #expect(try await !platform.run(own + ["PING"]).succeeded)
                try await platform.paas("up", "--port", "\(platform.port)").orThrow()
                #expect(try await platform.run(own + ["GET", "greeting"]).output == "hello\n")
                let info = try await app.paas("redis:info").orThrow().output
                #expect(info.contains(/Timeout: +60/) && info.contains(/Maxmemory: +allkeys-lru/), "\(info)")

                try await app.paas("redis:credentials", "--reset").orThrow()
                let old = try await platform.run(own + ["PING"])
                #expect((old.output + old.errors).contains("WRONGPASS"), "\(old)")
                var piped = platform.command(["paas", "redis:cli", "--confirm", "queue"], in: app.folder)
                piped.input = "GET greeting\n"
                #expect(try await piped.run().output == "hello\n")

                try await app.paas("addons:destroy", "REDIS", "--confirm", "queue").orThrow()
                #expect(try await platform.shell("ls home/addons/redis").output.isEmpty)
                #expect(try await app.paas("redis:info").output == "No Redis instances found.\n")
            }
        }

        @Test(
            "serves the redis package in a dyno: values, a queue that is waited for, a transaction",
            .timeLimit(.minutes(3)))
        func package() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("worker", on: platform, files: Self.client)
                try await app.paas("addons:create", "heroku-redis").orThrow()
                try await app.push().orThrow()
                let said = try await app.paas("run", "-x", "python", "client.py").orThrow()
                #expect(said.output == "value 7, queue job, transaction [8, 9]\n", "\(said)")
            }
        }

        private static let client = [
            "requirements.txt": "redis\n", "Procfile": "worker: exec sleep 1000\n",
            "client.py": """
            import os, threading
            import redis

            store = redis.from_url(os.environ["REDIS_URL"], decode_responses=True)
            store.set("count", 7)
            value = store.get("count")
            threading.Timer(0.2, lambda: store.lpush("queue", "job")).start()
            job = store.brpop("queue", timeout=10)[1]
            with store.pipeline() as transaction:
                transaction.incr("count")
                transaction.incr("count")
                print(f"value {value}, queue {job}, transaction {transaction.execute()}")

            """,
        ]

        @Test("that each of two apps has is each app's own", .timeLimit(.minutes(3)))
        func apart() async throws {
            try await TestPlatform.with { platform in
                let one = try await TestApp("one", on: platform, files: ["README": ""])
                let two = try await TestApp("two", on: platform, files: ["README": ""])
                for app in [one, two] { try await app.paas("addons:create", "heroku-redis").orThrow() }
                let urls = try await (
                    one.paas("config:get", "REDIS_URL").output, two.paas("config:get", "REDIS_URL").output
                )
                #expect(urls.0 != urls.1)
                let mixed = try await platform.run([
                    "redis-cli", "-u",
                    String(urls.0.split(separator: "@")[0]) + "@" + urls.1.split(separator: "@")[1].dropLast(),
                    "--no-auth-warning", "PING",
                ])
                #expect((mixed.output + mixed.errors).contains("WRONGPASS"), "\(mixed)")
            }
        }
    }
}
