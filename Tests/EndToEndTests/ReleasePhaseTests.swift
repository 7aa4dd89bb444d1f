import TestSupport
import Testing

extension EndToEnd {
    @Suite("The release phase")
    struct ReleasePhaseTests {
        @Test(
            "runs before any new dyno boots, and its output reaches the push and releases:output",
            .timeLimit(.minutes(5)))
        func success() async throws {
            try await TestPlatform.with { platform in
                let files = AppFiles.python("one", processes: "release: echo migrating for $DYNO\n")
                let app = try await TestApp("ordered", on: platform, files: files)
                let push = try await app.push()
                #expect(push.succeeded, "\(push)")
                #expect(push.errors.contains("Running release command..."), "\(push)")
                #expect(push.errors.contains("migrating for release."), "\(push)")
                #expect(try await app.get().body == "one")
                #expect(try await app.paas("releases:output").output.contains("migrating for release."))
            }
        }

        @Test("that fails leaves the old release serving; releases:retry runs the kept one", .timeLimit(.minutes(5)))
        func failure() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("careful", on: platform, files: AppFiles.python("one"))
                try await app.push().orThrow()
                var files = AppFiles.python("two", processes: "release: echo \"MODE=$MODE\"; test \"$MODE\" = on\n")
                files["requirements.txt"] = ""
                try await app.commit(files)
                let report = try await SteadyRequests.during(platform, app.host) {
                    let push = try await app.push()
                    #expect(push.succeeded, "Heroku keeps a release whose command failed\n\(push)")
                    #expect(push.errors.contains("MODE="), "\(push)")
                    #expect(push.errors.contains("failed"), "\(push)")
                }
                #expect(report.failures.isEmpty && report.bodies.keys.sorted() == ["one"], "\(report)")
                let releases = try await app.paas("releases").output
                #expect(releases.contains("release command failed"), "\(releases)")
                #expect(releases.contains("Current: v3"), "\(releases)")
            }
        }

        @Test("runs at a rollback too, and releases:output keeps each release's own words", .timeLimit(.minutes(5)))
        func rollback() async throws {
            try await TestPlatform.with { platform in
                let line = "release: echo \"migrating with $MODE to $(cat note)\"; echo trouble >&2\n"
                var files = AppFiles.python("one", processes: line)
                files["note"] = "first"
                let app = try await TestApp("undone", on: platform, files: files)
                try await app.paas("config:set", "MODE=calm").orThrow()
                try await app.push().orThrow()
                try await app.commit(["note": "second", "server.py": AppFiles.pythonServer("two")])
                try await app.push().orThrow()
                let back = try await app.paas("rollback", "v4")
                #expect(back.succeeded && back.errors.contains("done, v6"), "\(back)")
                #expect(try await app.get().body == "one")

                let last = try await app.paas("releases:output").orThrow()
                #expect(last.output == "migrating with calm to first\ntrouble\n", "\(last)")
                let before = try await app.paas("releases:output", "v5").orThrow()
                #expect(before.output == "migrating with calm to second\ntrouble\n", "\(before)")
                let logs = try await app.paas("logs", "-n", "500").output
                #expect(logs.contains(/app\[release\.\d+\]: migrating with calm to second/), "\(logs)")
            }
        }

        @Test("that fails at a rollback leaves what served before serving", .timeLimit(.minutes(5)))
        func failedRollback() async throws {
            try await TestPlatform.with { platform in
                let line = "release: test \"$MODE\" != broken\n"
                let app = try await TestApp("stuck", on: platform, files: AppFiles.python("one", processes: line))
                try await app.push().orThrow()
                #expect(try await !app.paas("config:set", "MODE=broken").succeeded)
                try await app.paas("config:set", "MODE=fine").orThrow()
                let report = try await SteadyRequests.during(platform, app.host, "/env/MODE") {
                    let back = try await app.paas("rollback", "v4")
                    #expect(!back.succeeded, "\(back)")
                }
                #expect(report.failures.isEmpty && report.bodies.keys.sorted() == ["fine"], "\(report)")
                #expect(try await app.currentRelease() == 5)
            }
        }
    }
}
