import TestSupport
import Testing

extension EndToEnd {
    @Suite("paas run")
    struct TerminalTests {
        @Test("on a terminal gives the dyno a terminal of the same size", .timeLimit(.minutes(5)))
        func size() async throws {
            try await TestPlatform.with { platform in
                let app = try await served("roomy", on: platform)
                let person = Person(rows: 41, columns: 123)
                let run = try await platform.run(person.running(["paas", "run", "-x", "stty size"]), in: app.folder)
                #expect(run.succeeded && run.output.contains("41 123\r\n"), "\(run)")
            }
        }

        @Test(
            "on a terminal: Ctrl-C interrupts the command and not the session, and -x passes its exit code",
            .timeLimit(.minutes(5)))
        func interrupt() async throws {
            try await TestPlatform.with { platform in
                let app = try await served("patient", on: platform)
                // What is typed is shown too, so the marks are what only the answers contain. The command itself says
                // that it has begun: until it has the terminal, Ctrl-C would be for the shell.
                let person = Person(steps: [
                    ("bash-", "sh -c 'echo be\"\"gun; exec sleep 1000'\r"), ("begun", "\u{3}"), ("^C", ""),
                    ("bash-", "echo \"last $?\"\r"), ("last 130", "exit 5\r"),
                ])
                let run = try await platform.run(
                    person.running(["paas", "run", "-x", "bash --norc --noprofile"]), in: app.folder)
                #expect(run.code == 5, "\(run)")
            }
        }

        @Test("passes what is piped into it, to the end", .timeLimit(.minutes(5)))
        func pipe() async throws {
            try await TestPlatform.with { platform in
                let app = try await served("conduit", on: platform)
                let echoed = try await platform.run(["paas", "run", "cat"], in: app.folder, input: "x\n")
                #expect(echoed.succeeded && echoed.output == "x\n", "\(echoed)")
                let counted = try await platform.shell(
                    "head -c 3000000 /dev/zero | paas run -x -- wc -c", in: app.folder)
                #expect(counted.succeeded && counted.trimmed == "3000000", "\(counted)")
            }
        }

        private func served(_ name: String, on platform: TestPlatform) async throws -> TestApp {
            let app = try await TestApp(name, on: platform, files: AppFiles.python("here"))
            try await app.push().orThrow()
            return app
        }
    }
}
