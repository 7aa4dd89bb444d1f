import TestSupport
import Testing

extension EndToEnd {
    @Suite("The tutorial of a Flask blog")
    struct BlogTests {
        @Test(
            "a branch is deployed, migrations run before it serves, SQLAlchemy keeps posts, gunicorn has its workers",
            .timeLimit(.minutes(15)))
        func commands() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp(example: "blog", on: platform)
                try await app.git("checkout", "-q", "-b", "deploy").orThrow()
                try await app.paas("addons:create", "heroku-postgresql:hobby-dev").orThrow()
                let set = try await app.paas("config:set", "FLASK_APP=blog.py", "LOG_TO_STDOUT=1", "WEB_CONCURRENCY=3")
                #expect(set.succeeded, "\(set)")
                let push = try await app.push("deploy:main").orThrow().errors
                #expect(push.contains("* [new branch]      deploy -> main"), "\(push)")
                let tables = try await app.paas("pg:psql", "-c", "SELECT version_num FROM alembic_version")
                #expect(tables.output.contains("\n 0001\n"), "\(tables)")

                #expect(try await app.get().body.contains("Nothing is written yet."))
                #expect(try await app.post("/write", ["-d", "title=First&body=Hello world"]) == "303")
                let page = try await app.get().body
                #expect(page.contains("First") && page.contains("Hello world"), "\(page)")
                #expect(!page.contains("type=\"search\""), "there is nothing yet to search with")
                let log = try await app.logsSay("INFO: Post 1 is written")
                #expect(log.ranges(of: "Booting worker with pid").count == 3, "\(log)")
                #expect(log.contains("app[web.1]: INFO: The blog starts"), "\(log)")
            }
        }
    }
}
