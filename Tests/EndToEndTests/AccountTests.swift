import TestSupport
import Testing

extension EndToEnd {
    @Suite("As an ordinary user", .needsRoot)
    struct AccountTests {
        @Test("the main job works, with the best sandbox that the user may have", .timeLimit(.minutes(5)))
        func mainJob() async throws {
            try await Account.with { account in
                try await TestPlatform.with(account: account) { platform in
                    let app = try await TestApp("plain", on: platform, files: AppFiles.python("one"))
                    try await app.push().orThrow()
                    #expect(try await app.get().body == "one")
                    let level = try await platform.status("level")
                    #expect(level?.hasPrefix("L") == true && level != "L0", "\(level ?? "none")")
                    try await app.commit(["server.py": AppFiles.pythonServer("two")])
                    let report = try await SteadyRequests.during(platform, app.host) { try await app.push().orThrow() }
                    #expect(report.failures.isEmpty, "\(report)")
                    #expect(try await app.get().body == "two")
                }
            }
        }

        @Test("the daemon is adopted after kill -9 as it is for root", .timeLimit(.minutes(5)))
        func adoption() async throws {
            try await Account.with { account in
                try await TestPlatform.with(account: account) { platform in
                    let app = try await TestApp("plain", on: platform, files: AppFiles.python("one"))
                    try await app.push().orThrow()
                    let before = try await app.paas("ps", "--json").output
                    let pid = try #require(try await platform.status("pid"))
                    try await platform.shell("kill -9 \"$1\"", pid).orThrow()
                    let after = try await app.paas("ps", "--json").output
                    #expect(before.jsonField("id") == after.jsonField("id"), "\(after)")
                    #expect(try await app.get().body == "one")
                }
            }
        }

        @Test(
            "a home inside a folder that dynos see, of language versions, is seen by none", .timeLimit(.minutes(5)),
            arguments: Account.canBeMade ? ["L0", "L1"] : ["L1"])
        func homeAmongVersions(level: String) async throws {
            try await TestPlatform.with(level: level, starts: false) { platform in
                let script = """
                    mkdir -p user/.deno/bin && echo there >user/.deno/bin/deno && export PAAS_HOME=$HOME/.deno/paas
                    paas up --port $1 && mkdir app && cd app && git init -q && echo 'worker: sleep 60' >Procfile
                    touch requirements.txt && git add -A && git commit -qm One && paas create nest && git push -q paas main
                    paas run "cat $HOME/.deno/bin/deno; head -c 15 $PAAS_HOME/platform.db; ls -A $PAAS_HOME; echo end"
                    code=$?; paas down; exit $code
                    """
                let outcome = try await platform.shell(script, "\(platform.port)")
                #expect(outcome.output.contains(/there\r?\n(head: .*\r?\n)?end/), "\(outcome)")
                #expect(!outcome.output.contains("SQLite") && !outcome.output.contains("platform.db\n"), "\(outcome)")
            }
        }

        @Test("another user reaches neither the home nor the daemon", .timeLimit(.minutes(5)))
        func strangers() async throws {
            try await Account.with { owner in
                try await Account.with { stranger in
                    try await TestPlatform.with(account: owner) { platform in
                        try await platform.paas("create", "private").orThrow()
                        var look = platform.command(["ls", platform.home])
                        look.account = stranger
                        #expect(try await look.run().code == 2)
                        var list = platform.command(["paas", "apps"])
                        list.account = stranger
                        let listed = try await list.run()
                        #expect(!listed.succeeded && !listed.text.contains("private"), "\(listed)")
                    }
                }
            }
        }
    }

    @Suite("Each sandbox level")
    struct SandboxTests {
        @Test(
            "does the main job: build, serve, push again, run, restart", .timeLimit(.minutes(5)),
            arguments: ["L1", "L2", "L3"])
        func mainJob(level: String) async throws {
            try await TestPlatform.with(level: level) { platform in
                let app = try await TestApp("boxed", on: platform, files: AppFiles.python("one"))
                try await app.push().orThrow()
                #expect(try await platform.status("level") == level)
                #expect(try await app.get().body == "one")
                try await app.commit(["server.py": AppFiles.pythonServer("two")])
                let report = try await SteadyRequests.during(platform, app.host) { try await app.push().orThrow() }
                #expect(report.failures.isEmpty, "\(report)")
                #expect(try await app.get().body == "two")
                let said = try await app.paas("run", "-x", "--", "sh", "-c", "cat Procfile; exit 4")
                #expect(said.code == 4 && said.output.contains("web: python server.py"), "\(said)")
                try await app.paas("ps:restart").orThrow()
                #expect(try await app.get().body == "two")
            }
        }
    }
}
