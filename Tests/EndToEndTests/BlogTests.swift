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
                try await search(in: app)
            }
        }

        /// Search through the official client: its URL is copied from the one that the add-on sets.
        private func search(in app: TestApp) async throws {
            try await app.paas("addons:create", "searchbox:starter").orThrow()
            try await app.platform.shell(
                "paas config:set ELASTICSEARCH_URL=\"$(paas config:get SEARCHBOX_URL)\"", in: app.folder
            ).orThrow()
            let indexed = try await app.paas("run", "flask", "reindex").orThrow()
            #expect(indexed.output.contains("Posts that can be found: 1"), "\(indexed)")
            for number in 1...11 {
                #expect(try await app.post("/write", ["-d", "title=Number \(number)&body=One of many"]) == "303")
            }
            let one = try await app.get("/search?q=HELLO").body
            #expect(one.contains("1 post with") && one.contains("First") && !one.contains("Number"), "\(one)")
            let many = try await app.get("/search?q=many+hello").body
            #expect(many.contains("12 posts with") && many.contains("rel=\"next\""), "\(many)")
            let rest = try await app.get("/search?q=many+hello&page=2").body
            #expect(rest.ranges(of: "<article>").count == 2 && !rest.contains("rel=\"next\""), "\(rest)")
            #expect(try await app.post("/post/1/delete", ["-X", "POST"]) == "303")
            #expect(try await app.get("/search?q=hello").body.contains("0 posts with"))
        }
    }
}
