import TestSupport
import Testing

extension EndToEnd {
    @Suite("Scheduled jobs")
    struct ScheduledJobTests {
        @Test(
            "run now as one-off dynos; the history has their exit status, also after a restart of the daemon",
            .timeLimit(.minutes(5)))
        func history() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("timely", on: platform, files: AppFiles.python("here"))
                try await app.push().orThrow()
                let created = try await app.paas("addons:create", "scheduler:standard")
                #expect(created.output.contains("To manage scheduled jobs run:\npaas scheduler\n"), "\(created)")
                let releases = try await app.paas("releases").output
                #expect(releases.contains(/Attach SCHEDULER \(@scheduler-[a-z]+-\d{5}\)/), "\(releases)")
                let second = try await app.paas("addons:create", "scheduler:standard")
                #expect(second.code == 1 && second.errors.contains("timely has a scheduler already"), "\(second)")

                try await app.paas("scheduler:add", "echo checked $DYNO", "--every", "day@04:30").orThrow()
                try await app.paas("scheduler:add", "echo failing; exit 3", "--every", "0 0 1 1 *").orThrow()
                let good = try await runNow("1", of: app)
                let log = try await app.logsSay("heroku[\(good)]: State changed from up to complete")
                #expect(log.contains("app[\(good)]: checked \(good)"), "\(log)")
                #expect(
                    log.contains(
                        "app[api]: Starting process with command `echo checked $DYNO` by user "
                            + "scheduler@addons.heroku.com"), "\(log)")
                let bad = try await runNow("2", of: app)
                let badLog = try await app.logsSay("heroku[\(bad)]: State changed from up to complete")
                #expect(badLog.contains("heroku[\(bad)]: Process exited with status 3"), "\(badLog)")
                let shown = try await app.paas("scheduler:history").output.split(separator: "\n").map(String.init)
                #expect(shown.contains { $0.contains(good) && $0.hasSuffix("status 0") }, "\(shown)")
                #expect(shown.contains { $0.contains(bad) && $0.hasSuffix("status 3") }, "\(shown)")
                let listed = try await app.paas("scheduler").output
                #expect(listed.contains("Daily at 04:30 UTC") && listed.contains("=== Next Runs"), "\(listed)")

                // A dyno that runs while the daemon is killed: its end is heard by the next one.
                try await app.paas("scheduler:add", "sleep 8; exit 5", "--every", "10m").orThrow()
                let dyno = try await runNow("3", of: app)
                try await app.logsSay("heroku[\(dyno)]: State changed from starting to up")
                #expect(platform.kill(.daemon).count == 1)
                try await app.paas("ps").orThrow()
                try await app.logsSay("heroku[\(dyno)]: State changed from up to complete")
                let document = try await app.paas("scheduler:history", "3", "--json").output
                #expect(document.contains(#""exit_status": 5"#) && document.contains(dyno), "\(document)")

                try await app.paas("scheduler:remove", "1").orThrow()
                let name = try #require(releases.firstMatch(of: /scheduler-[a-z]+-\d{5}/).map { String($0.0) })
                try await app.paas("addons:destroy", name, "--confirm", "timely").orThrow()
                let gone = try await app.paas("scheduler")
                #expect(gone.errors.contains("paas addons:create scheduler:standard -a timely"), "\(gone)")
            }
        }

        /// - Returns: the name of its dyno.
        private func runNow(_ job: String, of app: TestApp) async throws -> String {
            let outcome = try await app.paas("scheduler:run", job)
            return try #require(
                outcome.errors.firstMatch(of: /done, (scheduler\.\d{4})/).map { String($0.1) }, "\(outcome)")
        }
    }
}
