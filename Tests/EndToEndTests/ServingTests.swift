import TestSupport
import Testing

extension EndToEnd {
    @Suite("A release that answers is never replaced by one that does not")
    struct ServingTests {
        @Test("a push changes the code without one failed request", .timeLimit(.minutes(5)))
        func push() async throws {
            try await TestPlatform.with { platform in
                let app = try await served("smooth", on: platform)
                try await app.commit(["server.py": AppFiles.pythonServer("two")])
                let report = try await SteadyRequests.during(platform, app.host) {
                    let push = try await app.push()
                    #expect(push.succeeded, "\(push)")
                    #expect(try await app.get().body == "two", "the push returned before the new code answered")
                }
                #expect(report.failures.isEmpty, "\(report)")
                #expect(report.answered > 20, "\(report)")
            }
        }

        @Test("a build that fails refuses the push and leaves the old release serving", .timeLimit(.minutes(5)))
        func buildFails() async throws {
            try await TestPlatform.with { platform in
                let app = try await served("sturdy", on: platform)
                try await app.commit(["requirements.txt": "./no-such-package\n"])
                let report = try await SteadyRequests.during(platform, app.host) {
                    let push = try await app.push()
                    #expect(!push.succeeded)
                    #expect(push.errors.contains("Push rejected, failed to compile Python app."), "\(push)")
                    #expect(push.errors.contains("! [remote rejected] main -> main (pre-receive hook declined)"))
                }
                #expect(report.failures.isEmpty && report.bodies.keys.sorted() == ["one"], "\(report)")
                #expect(try await app.currentRelease() == 3)

                // The ref did not move, so that the same commit can be pushed again.
                let again = try await app.push()
                #expect(!again.succeeded && !again.errors.contains("Everything up-to-date"), "\(again)")
                try await app.commit(["requirements.txt": "", "server.py": AppFiles.pythonServer("mended")])
                try await app.push().orThrow()
                #expect(try await app.get().body == "mended")
            }
        }

        @Test("new dynos that end instead of listening refuse the push, with their last words", .timeLimit(.minutes(5)))
        func bootFails() async throws {
            try await TestPlatform.with { platform in
                let app = try await served("stubborn", on: platform)
                try await app.commit(["server.py": "raise SystemExit('the shelf is empty')\n"])
                let report = try await SteadyRequests.during(platform, app.host) {
                    let push = try await app.push()
                    #expect(!push.succeeded)
                    #expect(push.errors.contains("the shelf is empty"), "\(push)")
                    #expect(push.errors.contains("Push rejected to stubborn."), "\(push)")
                }
                #expect(report.failures.isEmpty && report.bodies.keys.sorted() == ["one"], "\(report)")
                #expect(try await app.currentRelease() == 3)
                try await app.commit(["server.py": AppFiles.pythonServer("two")])
                try await app.push().orThrow()
                #expect(try await app.get().body == "two")
            }
        }

        @Test("new dynos that never listen refuse the push after the boot timeout, with R10", .timeLimit(.minutes(5)))
        func neverBinds() async throws {
            try await TestPlatform.with(settings: ["PAAS_BOOT_TIMEOUT": "4"]) { platform in
                let app = try await served("silent", on: platform)
                try await app.commit(["server.py": "import time; time.sleep(1000)\n"])
                let report = try await SteadyRequests.during(platform, app.host) {
                    let push = try await app.push()
                    #expect(!push.succeeded, "\(push)")
                    #expect(push.errors.contains("Push rejected to silent."), "\(push)")
                }
                #expect(report.failures.isEmpty && report.bodies.keys.sorted() == ["one"], "\(report)")
                let logs = try await app.paas("logs", "-n", "200").output
                #expect(logs.contains("Error R10 (Boot timeout)"), "\(logs)")
            }
        }

        @Test("a first release that does not run is kept: crashed, H10, and the push says why", .timeLimit(.minutes(5)))
        func firstBootFails() async throws {
            try await TestPlatform.with { platform in
                let files = ["requirements.txt": "", "Procfile": "web: echo no luck today; exit 7\n"]
                let app = try await TestApp("unlucky", on: platform, files: files)
                let push = try await app.push()
                #expect(push.succeeded, "\(push)")
                #expect(push.errors.contains("no luck today"), "\(push)")
                let answer = try await app.get()
                #expect(answer.status == 503)
                let logs = try await app.logsSay("at=error code=H10 desc=\"App crashed\"")
                #expect(logs.contains("app[web.1]: no luck today"), "\(logs)")
                #expect(logs.contains("Process exited with status 7"), "\(logs)")
                #expect(try await app.paas("ps").output.contains("web.1: crashed"))
            }
        }

        @Test("config:set restarts the app without one failed request", .timeLimit(.minutes(5)))
        func config() async throws {
            try await TestPlatform.with { platform in
                let app = try await served("tuned", on: platform)
                let report = try await SteadyRequests.during(platform, app.host) {
                    let set = try await app.paas("config:set", "COLOUR=blue", "MULTI=a=b \"c\"\nd é")
                    #expect(set.succeeded, "\(set)")
                    #expect(set.errors.contains("and restarting tuned... done, v4"), "\(set)")
                    #expect(try await app.get("/env/COLOUR").body == "blue")
                }
                #expect(report.failures.isEmpty, "\(report)")
                #expect(try await app.get("/env/MULTI").body == "a=b \"c\"\nd é")
                let logs = try await app.paas("logs", "-n", "500").output
                #expect(logs.contains("Set COLOUR, MULTI config vars by user"), "\(logs)")
                #expect(!logs.contains("blue"), "a value is in the log")
            }
        }

        @Test("rollback brings code and config back without one failed request", .timeLimit(.minutes(5)))
        func rollback() async throws {
            try await TestPlatform.with { platform in
                let app = try await served("elastic", on: platform)
                try await app.paas("config:set", "COLOUR=blue").orThrow()
                try await app.commit(["server.py": AppFiles.pythonServer("two")])
                try await app.push().orThrow()
                let report = try await SteadyRequests.during(platform, app.host) {
                    let back = try await app.paas("rollback", "v3")
                    #expect(back.succeeded, "\(back)")
                    #expect(back.errors.contains("Rolling back elastic to v3... done, v6"), "\(back)")
                }
                #expect(report.failures.isEmpty, "\(report)")
                #expect(try await app.get().body == "one")
                #expect(try await app.get("/env/COLOUR").body == "unset")
                let releases = try await app.paas("releases").output
                #expect(releases.contains("Rollback to v3"), "\(releases)")
                #expect(releases.contains("Initial release"), "\(releases)")
            }
        }

        @Test("ps:restart and ps:scale serve on without one failed request", .timeLimit(.minutes(5)))
        func restart() async throws {
            try await TestPlatform.with { platform in
                let app = try await served("steady", on: platform)
                let report = try await SteadyRequests.during(platform, app.host) {
                    try await app.paas("ps:scale", "web=3").orThrow()
                    try await app.paas("ps:restart").orThrow()
                    try await app.paas("ps:scale", "web=1").orThrow()
                }
                #expect(report.failures.isEmpty, "\(report)")
            }
        }

        /// An app that answers `one`.
        private func served(_ name: String, on platform: TestPlatform) async throws -> TestApp {
            let app = try await TestApp(name, on: platform, files: AppFiles.python("one"))
            try await app.push().orThrow()
            #expect(try await app.get().body == "one")
            return app
        }
    }
}
