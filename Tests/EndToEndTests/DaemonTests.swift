import Posix
import TestSupport
import Testing

extension EndToEnd {
    @Suite("The daemon")
    struct DaemonTests {
        @Test(
            "is started by the first command that needs it, and stopped by paas down for good", .timeLimit(.minutes(5)))
        func starts() async throws {
            try await TestPlatform.with(starts: false) { platform in
                try await platform.paas("apps").orThrow()
                let pid = try await platform.status("pid")
                #expect(pid != nil)
                try await platform.paas("up").orThrow()
                #expect(try await platform.status("pid") == pid, "paas up started a second one")
                try await platform.paas("down").orThrow()
                let down = try await platform.paas("down")
                #expect(down.succeeded, "\(down)")
            }
        }

        @Test(
            "answers a proxy in front on the port of up --proxy-port, keeps that port, and starts without it when it is taken",
            .timeLimit(.minutes(5)))
        func proxyPort() async throws {
            try await TestPlatform.with(starts: false) { platform in
                let ask = """
                    import socket, sys
                    connection = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 20)
                    connection.sendall(b"PROXY TCP4 192.0.2.7 127.0.0.1 5 443\\r\\nGET / HTTP/1.0\\r\\nHost: nobody.localhost\\r\\n\\r\\n")
                    print(connection.makefile().readline().split()[1])
                    """
                let free = try await platform.shell(
                    "python3 -c 'import socket; s = socket.socket(); s.bind((\"127.0.0.1\", 0)); print(s.getsockname()[1])'"
                )
                let port = free.output.filter(\.isNumber)
                try await platform.paas("up", "--port", "\(platform.port)", "--proxy-port", port).orThrow()
                #expect(try await platform.shell("python3 -c \"$1\" \"$2\"", ask, port).output == "404\n")
                try await platform.paas("down").orThrow()
                try await platform.paas("up").orThrow()
                #expect(try await platform.shell("python3 -c \"$1\" \"$2\"", ask, port).output == "404\n")
                try await platform.paas("down").orThrow()

                let thief = """
                    import socket, sys, time
                    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
                    print("taken", flush=True)
                    time.sleep(300)
                    """
                let holder = try platform.command(["python3", "-c", thief, port]).start()
                _ = try await holder.says("taken")
                let refused = try await platform.paas("up", "--proxy-port", port)
                #expect(!refused.succeeded)
                #expect((refused.output + refused.errors).contains("paas up --proxy-port "), "\(refused)")
                try await platform.paas("up").orThrow()
                try await platform.paas("down").orThrow()
                holder.signal(15)
                _ = try await holder.ends()
            }
        }

        @Test(
            "of root has a router that is a user of its own, and is so again when it was killed; a user's router is that user",
            .needsRoot, .timeLimit(.minutes(5)))
        func routerUser() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("guarded", on: platform, files: AppFiles.python("here"))
                try await app.push().orThrow()
                let user = try #require(try await platform.status("router_user"))
                #expect(user != "0")
                let owner = try await platform.shell(
                    "stat -c %u \"$1\"/run/dynos/*/scratch/upper | sort -u", platform.home)
                #expect(!owner.output.split(separator: "\n").contains(Substring(user)), "an app has the router's user")
                #expect(try await platform.paas("status").output.contains(", user \(user)\n"))
                let doctor = try await platform.paas("doctor")
                #expect(
                    doctor.output.contains("router: has given up root's rights; it runs as user \(user)"), "\(doctor)")
                let router = try #require(try await platform.status("router_pid"))
                try await platform.shell("kill -9 \"$1\"", router).orThrow()
                #expect(try await app.get().body == "here")
                #expect(try await platform.status("router_pid") != router)
                #expect(try await platform.status("router_user") == user)
                let token = try await platform.paas("auth:token").orThrow().output.filter { $0 != "\n" }
                let listed = try await platform.shell(
                    "curl -s -H 'Host: api.localhost' -H \"Authorization: Bearer $1\" http://127.0.0.1:$2/apps", token,
                    "\(platform.port)")
                #expect(listed.output.contains("guarded"), "\(listed)")
            }
            try await Account.with { account in
                try await TestPlatform.with(account: account) { platform in
                    let status = try await platform.paas("status", "--json").output
                    #expect(status.jsonField("router_user") == status.jsonField("user"))
                    #expect(try await platform.paas("doctor").output.contains("router: runs as you do"))
                }
            }
        }

        @Test("begins its diary anew when it has grown, and keeps one older", .timeLimit(.minutes(3)))
        func diary() async throws {
            try await TestPlatform.with(starts: false) { platform in
                try await platform.shell(
                    "mkdir -p \"$1\" && head -c 5000000 /dev/zero | tr '\\0' x > \"$1/paasd.log\"", platform.home
                ).orThrow()
                try await platform.paas("up", "--port", "\(platform.port)").orThrow()
                let sizes = try await platform.shell(
                    "cd \"$1\" && wc -c < paasd.log.1; wc -l < paasd.log", platform.home)
                #expect(sizes.output.filter { $0 != " " } == "5000000\n1\n", "\(sizes)")
                let mode = try await platform.shell("stat -c %a \"$1/paasd.log\"", platform.home)
                #expect(mode.output == "600\n")
            }
        }

        @Test(
            "killed with kill -9, comes back with the next command and adopts the dynos that kept running",
            .timeLimit(.minutes(5)))
        func adoption() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("orphan", on: platform, files: AppFiles.python("here"))
                try await app.push().orThrow()
                let pid = try #require(try await platform.status("pid"))
                let router = try #require(try await platform.status("router_pid"))
                let before = try await app.paas("ps", "--json").output
                let report = try await SteadyRequests.during(platform, app.host) {
                    try await platform.shell("kill -9 \"$1\"", pid).orThrow()
                    let listed = try await app.paas("ps")
                    #expect(listed.output.contains("web.1: up"), "\(listed)")
                }
                #expect(report.failures.isEmpty, "\(report)")
                #expect(try await platform.status("pid") != pid)
                #expect(try await platform.status("router_pid") == router, "the router was not adopted")
                let after = try await app.paas("ps", "--json").output
                #expect(before.jsonField("id") == after.jsonField("id"), "the dyno was started anew")

                // Adopted for real: it still logs, and still obeys.
                _ = try await app.get("/say/still-here")
                let logs = try await app.paas("logs", "-n", "500").output
                #expect(logs.contains("app[web.1]: still-here"), "\(logs)")
                try await app.paas("ps:restart").orThrow()
                #expect(try await app.get().body == "here")
            }
        }

        @Test(
            "killed during a push: the push fails with a message, nothing is half released, the next works",
            .timeLimit(.minutes(5)))
        func killedDuringPush() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("torn", on: platform, files: AppFiles.python("one"))
                try await app.push().orThrow()
                try await app.commit(["bin/pre_compile": "#!/bin/sh\necho building slowly\nsleep 20\n"])
                try await platform.shell("chmod +x bin/pre_compile && git commit -qam Slow", in: app.folder).orThrow()
                let pid = try #require(try await platform.status("pid"))
                let push = try platform.command(["git", "push", "paas", "main"], in: app.folder).start()
                try await push.says("building slowly")
                try await platform.shell("kill -9 \"$1\"", pid).orThrow()
                let ended = try await push.ends()
                #expect(!ended.succeeded)
                #expect(ended.text.contains("[remote rejected]"), "\(ended)")
                #expect(try await app.currentRelease() == 3)
                #expect(try await app.get().body == "one")

                try await app.git("rm", "-q", "bin/pre_compile").orThrow()
                try await app.commit(["server.py": AppFiles.pythonServer("two")])
                let next = try await app.push()
                #expect(next.succeeded, "\(next)")
                #expect(try await app.get().body == "two")
            }
        }

        @Test("killed with kill -9, is there again for the next command at once, each time", .timeLimit(.minutes(5)))
        func killedAgainAndAgain() async throws {
            try await TestPlatform.with { platform in
                for _ in 1...12 {
                    let pid = try #require(try await platform.status("pid"))
                    let listed = try await platform.shell("kill -9 \"$1\" && paas apps", pid)
                    #expect(listed.succeeded, "\(listed)")
                    // What changes something can't be asked twice.
                    let next = try #require(try await platform.status("pid"))
                    let created = try await platform.shell("kill -9 \"$1\" && paas create", next)
                    #expect(created.succeeded, "\(created)")
                }
            }
        }

        @Test("with many dynos to start answers every command that comes meanwhile", .timeLimit(.minutes(10)))
        func manyDynos() async throws {
            try await TestPlatform.with(settings: ["PAAS_STOP_GRACE": "3"]) { platform in
                let files = AppFiles.python("here", processes: "worker: exec sleep 1000\n")
                let app = try await TestApp("crowd", on: platform, files: files)
                try await app.push().orThrow()
                try await app.paas("ps:scale", "worker=40").orThrow()
                try await platform.paas("down").orThrow()
                // Fifteen at once: each wants the platform, and one of them starts it.
                try await withThrowingTaskGroup(of: Outcome.self) { group in
                    for _ in 1...15 { group.addTask { try await platform.paas("apps") } }
                    for try await listed in group { #expect(listed.succeeded, "\(listed)") }
                }
                #expect(try await app.get().body == "here")
                try await platform.paas("down").orThrow()
                // And down again while it starts: what is left is looked for where the platform ends.
                let up = try platform.command(["paas", "up"]).start()
                let down = try await platform.paas("down")
                #expect(down.succeeded, "\(down)")
                _ = try await up.ends()
            }
        }

        @Test(
            "of root gives apps of two homes users of their own",
            .enabled(if: Account.canBeMade, "needs root"), .timeLimit(.minutes(5)))
        func users() async throws {
            try await TestPlatform.with { one in
                let left = try await TestApp("left", on: one, files: AppFiles.python("left"))
                try await left.push().orThrow()
                try await TestPlatform.with { other in
                    let right = try await TestApp("right", on: other, files: AppFiles.python("right"))
                    try await right.push().orThrow()
                    let (mine, theirs) = (
                        try await left.paas("run", "-x", "--", "id", "-u").orThrow().output,
                        try await right.paas("run", "-x", "--", "id", "-u").orThrow().output
                    )
                    #expect(mine != theirs)
                    #expect(try await left.get().body == "left")
                    #expect(try await right.get().body == "right")
                }
            }
        }

        @Test("killed with kill -9, leaves nothing behind once paas down has come", .timeLimit(.minutes(5)))
        func downAfterKill() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("ghost", on: platform, files: AppFiles.python("here"))
                try await app.push().orThrow()
                let pid = try #require(try await platform.status("pid"))
                try await platform.shell("kill -9 \"$1\"", pid).orThrow()
                // What is left is looked for where the platform ends.
                try await platform.paas("down").orThrow()
            }
        }

        @Test("in the foreground, ends with all it started at Ctrl-C", .timeLimit(.minutes(5)))
        func foreground() async throws {
            try await TestPlatform.with(starts: false) { platform in
                let daemon = try platform.command(
                    ["paas", "up", "--foreground", "--port", "\(platform.port)"], in: platform.root
                ).start()
                try await daemon.says("daemon.started")
                daemon.signal(Signals.interrupt)
                let ended = try await daemon.ends()
                #expect(ended.succeeded && ended.text.contains("daemon.stopped"), "\(ended)")
            }
        }

        @Test("ends when its home is deleted", .timeLimit(.minutes(5)))
        func homeDeleted() async throws {
            try await TestPlatform.with(starts: false) { platform in
                let daemon = try platform.command(
                    ["paas", "up", "--foreground", "--port", "\(platform.port)"], in: platform.root
                ).start()
                try await daemon.says("daemon.started")
                try await platform.shell("rm -rf \"$PAAS_HOME\"").orThrow()
                let ended = try await daemon.ends()
                #expect(ended.succeeded && ended.text.contains("home.gone"), "\(ended)")
            }
        }

        @Test("brings a router that died back, on the same port", .timeLimit(.minutes(5)))
        func routerDies() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("junction", on: platform, files: AppFiles.python("here"))
                try await app.push().orThrow()
                let router = try #require(try await platform.status("router_pid"))
                try await platform.shell("kill -9 \"$1\"", router).orThrow()
                // The listening socket is held by the daemon too: the connection waits instead of being refused.
                #expect(try await app.get().body == "here")
            }
        }

        @Test("brings the apps back when it is started again after paas down", .timeLimit(.minutes(5)))
        func comesBack() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("phoenix", on: platform, files: AppFiles.python("here"))
                try await app.push().orThrow()
                try await platform.paas("down").orThrow()
                try await platform.paas("up").orThrow()
                #expect(try await platform.status("port") == "\(platform.port)", "the port is remembered")
                // A request that comes while the dyno boots waits for it.
                #expect(try await app.get().body == "here")
            }
        }

        @Test("of one home never disturbs that of another", .timeLimit(.minutes(5)))
        func twoHomes() async throws {
            try await TestPlatform.with { one in
                let left = try await TestApp("same", on: one, files: AppFiles.python("left"))
                try await left.push().orThrow()
                try await TestPlatform.with { other in
                    let right = try await TestApp("same", on: other, files: AppFiles.python("right"))
                    try await right.push().orThrow()
                    #expect(try await left.get().body == "left")
                    #expect(try await right.get().body == "right")
                }
                // The other one has gone down; this one serves on.
                #expect(try await left.get().body == "left")
                #expect(try await left.paas("ps").output.contains("web.1: up"))
            }
        }

        @Test("closes every stream of the shell that started it", .timeLimit(.minutes(2)))
        func streams() async throws {
            try await TestPlatform.with(starts: false) { platform in
                // A daemon that held the pipe would keep the shell waiting until the time limit.
                var command = platform.command(["bash", "-c", "text=$(paas apps 2>&1); echo \"done: $text\""])
                command.limit = .seconds(60)
                let outcome = try await command.run()
                #expect(outcome.succeeded && outcome.output.hasPrefix("done:"), "\(outcome)")
            }
        }
    }
}
