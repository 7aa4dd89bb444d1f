import Posix
import TestSupport
import Testing

@Suite("What paas local cannot do", .serialized, .timeLimit(.minutes(1)))
struct LocalErrorTests {
    private static let none = """
         ›   Add a Procfile to add process types.
         ›   https://devcenter.heroku.com/articles/procfile
         ›   Or specify a start command with --start-cmd.

        """

    private static let removed = """
         is no longer available
         ›   Use forego instead: https://github.com/ddollar/forego

        """

    @Test(
        "is said with what to type",
        arguments: [
            ("", ["local"], " ›   Error: No Procfile found.\n\(none)", 2),
            ("", ["local", "web"], " ›   Error: No Procfile found.\n\(none)", 2),
            ("web: x", ["local", "-f", "Other"], " ›   Error: No Procfile found at Other.\n\(none)", 2),
            (
                "web: x\nworker", ["local"],
                """
                 ›   Error: line 2 parse error: worker
                 ›
                 ›   What helps:
                 ›     A line of a Procfile is like: web: gunicorn app:app

                """, 1
            ),
            (
                "web: x\nrelease: y", ["local", "wbe"],
                """
                [WARN] Required Key 'wbe' Does Not Exist in Procfile Definition
                 ›   Error: There is nothing to start.
                 ›
                 ›   What helps:
                 ›     paas local web

                """, 1
            ),
            (
                "web: x", ["local", "web=many"],
                " ›   Error: web=many is invalid. Must be in the format TYPE or TYPE=COUNT.\n", 2
            ),
            (
                "web: x", ["local", "web", "worker"],
                " ›   Error: Unexpected argument: worker\n ›   See more help with --help\n", 2
            ),
            (
                "web: x", ["local", "-p", "http"],
                " ›   Error: http is no port. A port is a number from 1024 to 65535.\n", 2
            ),
            ("web: x", ["local", "-r"], " ›   Error: --restart\(removed)", 2),
            ("web: x", ["local", "-c", "web=2"], " ›   Error: --concurrency\(removed)", 2),
        ] as [(String, [String], String, Int32)])
    func errors(procfile: String, words: [String], errors: String, code: Int32) async throws {
        try await LocalScene.with(procfile.isEmpty ? [:] : ["Procfile": procfile]) { scene in
            let outcome = try await scene.command(words).run()
            #expect(outcome.errors == errors)
            #expect(outcome.output == "")
            #expect(outcome.code == code)
        }
    }

    @Test("a type that is not there is told, and the others start")
    func unknownType() async throws {
        try await LocalScene.with(["Procfile": "web: echo here\n"]) { scene in
            let outcome = try await scene.paas("local", "wbe,web", "-p", "\(scene.port)")
            #expect(outcome.errors == "[WARN] Required Key 'wbe' Does Not Exist in Procfile Definition\n")
            #expect(outcome.output.timeless().contains("TIME web.1 |  here\n"), "\(outcome)")
        }
    }

    @Test("a port that is in use is told before anything starts")
    func portInUse() async throws {
        try await LocalScene.with(["Procfile": "worker: touch started\nweb: touch started\n"]) { scene in
            let held = try TCPSocket.listen(address: "127.0.0.1", port: scene.port + 100)
            let outcome = try await scene.paas("local", "-p", "\(scene.port)")
            #expect(
                outcome.errors == """
                     ›   Error: Port \(scene.port + 100), which web.1 is to listen on, is in use.
                     ›
                     ›   What helps:
                     ›     ss -ltnp 'sport = :\(scene.port + 100)'  # who has it
                     ›     paas local  # takes a free one

                    """)
            #expect(outcome.code == 1 && !FileTree.exists("\(scene.folder)/started"))
            _ = held.raw
        }
    }

    @Test("a privileged port is told an ordinary user", .needsRoot)
    func privileged() async throws {
        try await Account.with { account in
            try await LocalScene.with(["Procfile": "web: echo x\n"]) { scene in
                // The program is copied to where that user may run it.
                let make = "chmod 755 . && cp \"$0\" paas && chmod 755 paas"
                try await Command(
                    ["sh", "-c", make, try PaasProgram.path()], environment: ["PATH": Programs.systemPath],
                    folder: scene.folder
                ).run().orThrow()
                var command = try scene.command(["local", "-p", "80"])
                command.words[0] = "\(scene.folder)/paas"
                command.account = account
                let outcome = try await command.run()
                #expect(
                    outcome.errors == """
                         ›   Error: Port 80 is privileged: only root may listen on ports below 1024.
                         ›
                         ›   What helps:
                         ›     paas local --port 5000

                        """)
                #expect(outcome.code == 1)
            }
        }
    }
}
