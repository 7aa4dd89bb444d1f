import TestSupport
import Testing

extension EndToEnd {
    @Suite("The tutorial of a Django app")
    struct GuestbookTests {
        @Test(
            "static files at the build, its Postgres unasked, migrate, a row a visit, scaling to nothing, paas local",
            .timeLimit(.minutes(15)))
        func commands() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp(example: "guestbook", on: platform)
                // What the tutorial has done long before: the packages here.
                async let installed = platform.shell(
                    "python3 -m venv .venv && .venv/bin/pip install -q -r requirements.txt", in: app.folder)
                let push = try await app.push().orThrow().errors
                #expect(push.contains("-----> $ python manage.py collectstatic --noinput"), "\(push)")
                #expect(push.contains("1 static file copied to '/app/staticfiles'"), "\(push)")
                #expect(push.contains("add-ons were automatically provisioned: heroku-postgresql."), "\(push)")
                #expect(try await app.paas("addons").output.contains("as DATABASE"))

                let early = try await app.get()
                #expect(early.status == 503 && early.body.contains("paas run python manage.py migrate"), "\(early)")
                let migrated = try await app.paas("run", "python", "manage.py", "migrate").orThrow().output
                #expect(migrated.contains("Applying guestbook.0001_visits... OK"), "\(migrated)")
                for visit in 1...2 { #expect(try await app.get().body.contains("You are visitor \(visit)<")) }
                let rows = try await app.paas("pg:psql", "-c", "SELECT count(*) FROM guestbook_visit")
                #expect(rows.output.contains("\n     2\n"), "\(rows)")
                let style = try #require(early.body.firstMatch(of: /\/static\/page\.[0-9a-f]+\.css/))
                #expect(try await app.get(String(style.0)).head.contains("text/css"))

                try await app.paas("ps:scale", "web=0").orThrow()
                #expect(try await app.get().status == 503)
                try await app.logsSay("at=error code=H14 desc=\"No web processes running\"")
                try await app.paas("ps:scale", "web=1").orThrow()
                #expect(try await app.get().body.contains("You are visitor 3<"))

                // The same database, and the same row of visits, from here.
                try await installed.orThrow()
                try await platform.shell("paas config:get DATABASE_URL --shell >> .env", in: app.folder).orThrow()
                let port = try FreePort.find()
                let line =
                    "export PATH=\"$PWD/.venv/bin:$PATH\"\n"
                    + "python manage.py collectstatic --noinput && exec paas local -p \"$1\""
                let local = try platform.command(["bash", "-c", line, "bash", "\(port)"], in: app.folder).start()
                try await local.says("Booting worker")
                let page = try await platform.shell(
                    "curl -sS --retry-connrefused --retry 9 localhost:\"$1\"", "\(port)")
                #expect(page.output.contains("You are visitor 4<"), "\(page)")
                try await local.interrupt()
                #expect(try await app.get().body.contains("You are visitor 5<"))
            }
        }
    }
}
