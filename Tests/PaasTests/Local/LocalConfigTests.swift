import Posix
import TestSupport
import Testing

@Suite("paas local --with-config", .serialized, .timeLimit(.minutes(1)))
struct LocalConfigTests {
    private func replies() throws -> [String: [FakePlatform.Reply]] {
        [
            "GET /apps/example": [try .value(Answers.app())], "GET /apps/a1": [try .value(Answers.app())],
            "GET /apps/a1/config-vars": [.json(#"{"DATABASE_URL":"postgres://there","GREETING":"from config"}"#)],
        ]
    }

    private let files = [
        "Procfile": "web: echo $GREETING, $DATABASE_URL\n", ".env": "GREETING=from file\n",
    ]

    @Test("adds the app's config vars, add-ons' among them; the .env wins")
    func adds() async throws {
        try await FakePlatform.with(try replies()) { platform in
            try Scratch.write(files, in: platform.home)
            let port = try FreePort.find()
            let outcome = try await platform.paas(
                "local", "--with-config", "-a", "example", "-p", "\(port)", folder: platform.home)
            #expect(
                outcome.output.timeless() == """
                    [OKAY] Loaded 2 config vars of example
                    [OKAY] Loaded ENV .env File as KEY=VALUE Format
                    [OKAY] Open http://localhost:\(port)
                    TIME web.1 |  from file, postgres://there
                    TIME web.1 Exited Successfully
                    [DONE] Killing all processes with signal  SIGINT

                    """)
            #expect(outcome.errors == "")
        }
    }

    @Test("finds the app by the Git remote, also for local:run")
    func remote() async throws {
        try await FakePlatform.with(try replies()) { platform in
            try Scratch.write(files, in: platform.home)
            let lines = "git init -q . && git remote add paas '\(platform.home)/git/a1.git'"
            try await Command(
                ["sh", "-c", lines], environment: ["PATH": Programs.systemPath, "HOME": platform.home],
                folder: platform.home
            ).run().orThrow()
            for words in [[], ["--remote", "paas"]] {
                let outcome = try await platform.run(
                    ["local:run", "--with-config"] + words + ["echo $GREETING, $DATABASE_URL"], folder: platform.home)
                #expect(outcome.output == "from file, postgres://there\n", "\(outcome)")
            }
        }
    }

    @Test("is what asks the platform: without it nothing is asked and no daemon started")
    func without() async throws {
        try await FakePlatform.with(try replies()) { platform in
            try Scratch.write(files, in: platform.home)
            let outcome = try await platform.paas(
                "local:run", "-a", "example", "echo $GREETING, $DATABASE_URL", folder: platform.home)
            #expect(outcome.output == "from file,\n")
            #expect(outcome.errors.contains("The app's config vars are only used with --with-config."), "\(outcome)")
            #expect(platform.requests == [])
            try await LocalScene.with(["Procfile": "web: true\n"]) { scene in
                try await scene.paas("local", "-p", "\(scene.port)").orThrow()
                #expect(try FileTree.names(in: scene.folder) == ["Procfile"])
            }
        }
    }
}
