import TestSupport
import Testing

@Suite("paas local:run", .serialized, .timeLimit(.minutes(1)))
struct LocalRunTests {
    @Test("gives a command the variables of .env, its words as they are typed, this input, and passes its code")
    func run() async throws {
        try await LocalScene.with([".env": "A=from file\n", "other": "A=other\n"]) { scene in
            var line = try scene.command(["local:run", "cat; echo $A; exit 4"])
            line.input = "typed\n"
            let outcome = try await line.run()
            #expect(outcome.output == "typed\nfrom file\n" && outcome.code == 4, "\(outcome)")
            #expect(outcome.errors == "[OKAY] Loaded ENV .env File as KEY=VALUE Format\n")

            let words = try await scene.paas(
                "local", "run", "-e", "other", "-p", "5001", "--", "sh", "-c", "echo $A $PORT \"$@\"", "x", "-y", "z  z"
            )
            #expect(words.output == "other 5001 -y z  z\n", "\(words)")
        }
    }

    @Test("needs a command, and says when there is no such program")
    func missing() async throws {
        try await LocalScene.with([:]) { scene in
            let nothing = try await scene.paas("local:run")
            #expect(
                nothing.errors == """
                     ›   Error: Usage: paas local:run [COMMAND]
                     ›   Must specify command to run

                    """)
            #expect(nothing.code == 255)
            let absent = try await scene.paas("local:run", "no-such-program", "x")
            #expect(absent.code == 127 && absent.errors.contains("no-such-program: not found"), "\(absent)")
        }
    }

    @Test("local:version is that of the rules that are followed")
    func version() async throws {
        try await LocalScene.with([:]) { scene in
            let outcome = try await scene.paas("local:version")
            #expect(outcome.output == "3.0.1\n")
        }
    }
}
