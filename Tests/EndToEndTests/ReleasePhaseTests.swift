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
    }
}
