import Posix
import TestSupport
import Testing

extension EndToEnd {
    @Suite("paas local --with-config")
    struct LocalDaemonTests {
        @Test(
            "starts the daemon for the config vars, which lives on with its dynos, even when what kept the local ones is killed",
            .timeLimit(.minutes(3)))
        func livesOn() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("both", on: platform, files: AppFiles.python("deployed"))
                try await app.push().orThrow()
                try await app.paas("config:set", "GREETING=hello").orThrow()
                try await app.commit(["Procfile": "web: echo $GREETING, keeper $PPID is ready; exec sleep 1000\n"])
                for kills in [false, true] {
                    try await app.paas("down").orThrow()
                    let port = try FreePort.find()
                    let local = try platform.command(
                        ["paas", "local", "--with-config", "-p", "\(port)"], in: app.folder
                    ).start()
                    let said = try await local.says("is ready")
                    let keeper = try #require(said.firstMatch(of: /hello, keeper ([0-9]+) is/).flatMap { Int32($0.1) })
                    let before = try await served(app)
                    if kills { Subprocess.signal(keeper, Signals.kill) } else { local.signal(Signals.interrupt) }
                    let outcome = try await local.ends()
                    #expect(outcome.code == (kills ? 128 + Signals.kill : 0), "\(outcome)")
                    #expect(before == "deployed")
                    #expect(try await served(app) == "deployed", "the dynos went with the local processes")
                }
            }
        }

        /// What the app answers once its dyno has started again.
        private func served(_ app: TestApp) async throws -> String {
            try await app.paas("ps:wait").orThrow()
            return try await app.get().body
        }
    }
}
