import APISchema
import Posix
import TestSupport
import Testing

@Suite("The daemon, as the command line sees it", .timeLimit(.minutes(1)))
struct DaemonTests {
    private func command(_ home: String, _ words: String..., daemon: String) throws -> Command {
        var command = Command(
            [try PaasProgram.path()] + words,
            environment: ["PATH": Programs.systemPath, "HOME": home, "PAAS_HOME": home, "PAAS_DAEMON": daemon],
            folder: "/")
        command.limit = .seconds(30)
        return command
    }

    @Test("that does not come up: its last words are shown")
    func doesNotStart() async throws {
        let home = try Scratch.folder()
        defer { try? FileTree.remove(home) }
        try Scratch.write(["daemon.sh": "#!/bin/sh\necho \"no port is free ($2)\"\nexit 1\n"], in: home)
        let outcome = try await command(home, "apps", daemon: "\(home)/daemon.sh").run()
        #expect(
            outcome.errors == """
                 ›   Error: Couldn't start the platform: its daemon ended.
                 ›
                 ›   The end of \(home)/paasd.log:
                 ›   no port is free (\(home))
                 ›
                 ›   What helps:
                 ›     paas doctor
                 ›     paas up --foreground

                """)
        #expect(outcome.code == 1)
    }

    @Test("is not started by status and down")
    func onlyLooks() async throws {
        let home = try Scratch.folder()
        defer { try? FileTree.remove(home) }
        let down = try await command(home, "down", daemon: "/bin/false").run()
        #expect(down.output == "The platform is not running.\n" && down.succeeded)
        let status = try await command(home, "status", "--json", daemon: "/bin/false").run()
        #expect(status.output == "{\n  \"home\": \"\(home)\",\n  \"running\": false\n}\n" && status.succeeded)
        #expect(try FileTree.names(in: home) == [])
    }

    @Test("of an older version is asked to leave its dynos running, and replaced")
    func renewal() async throws {
        let old = FakePlatform.Reply(status: 200, body: "[]", version: "0.0.1")
        try await FakePlatform.with(["GET /apps": [old], "POST /paas/v1/shutdown": [.json("{}")]]) { platform in
            let outcome = try await platform.paas("apps")
            #expect(platform.requests == ["GET /apps ", "POST /paas/v1/shutdown?dynos=keep "])
            #expect(
                outcome.errors.hasPrefix(" ›   Error: Couldn't start the platform: its daemon ended."), "\(outcome)")
        }
    }

    @Test("that has no control groups: doctor says how the user's service manager gives it some, where there is one")
    func controlGroups() async throws {
        let status = #"""
            {"version":"1.0.0","protocol":1,"pid":1,"home":"/h","port":80,"addresses":[],"apps":0,"sandbox":
            {"level":"L1","missing":[],"mend":[],"limits":["memory: measured by the shim"]}}
            """#
        try await FakePlatform.with(["GET /paas/v1/status": [.json(status)]]) { platform in
            try Scratch.write(["systemd/private": ""], in: platform.home)
            let there = try await platform.paas("doctor", environment: ["XDG_RUNTIME_DIR": platform.home]).output
            #expect(
                there.contains(
                    """
                    [--] limits: memory: measured by the shim; below your service manager the kernel would keep count
                          paas down && systemd-run --user --scope --property=Delegate=yes paas up
                          sudo loginctl enable-linger "$USER"  # else all of it ends when you log out

                    """), "\(there)")
            let without = try await platform.paas("doctor").output
            #expect(without.contains("[ok] limits: memory: measured by the shim\n"), "\(without)")
        }
    }

    @Test("that hangs up is asked again where that does no harm")
    func killed() async throws {
        try await FakePlatform.with(["GET /apps": [.json("[]")]], hangUps: 2) { platform in
            let outcome = try await platform.paas("apps")
            #expect(outcome.output == "You have no apps.\n", "\(outcome)")
        }
    }

    @Test("that hangs up while it changes something: nobody knows what it has done, and the person is told so")
    func killedInChange() async throws {
        try await FakePlatform.with([:], hangUps: 1) { platform in
            let outcome = try await platform.paas("create", "example")
            #expect(
                outcome.errors.contains(
                    "Error: The platform's daemon ended before it answered. What you asked for may have been done, or not."
                ),
                "\(outcome)")
            #expect(platform.requests == [])
        }
    }

    @Test("of another command that has the home and leaves it again is followed by one's own")
    func raced() async throws {
        let home = try Scratch.folder()
        defer { try? FileTree.remove(home) }
        // The first one finds the home taken; the second one says that it was asked too.
        try Scratch.write(
            [
                "daemon.sh": """
                #!/bin/sh
                if mkdir "$2/first" 2>/dev/null; then exit 75; fi
                echo second
                exit 1

                """
            ], in: home)
        let outcome = try await command(home, "apps", daemon: "\(home)/daemon.sh").run()
        #expect(outcome.errors.contains("›   second\n"), "\(outcome)")
    }

    @Test("is not started in a place where no folder can be made")
    func noPlace() async throws {
        var command = try command("/tmp", "apps", daemon: "/bin/false")
        command.environment["PAAS_HOME"] = "/proc/paas"
        let outcome = try await command.run()
        #expect(outcome.code == 1)
        #expect(outcome.errors.contains("Error: Couldn't make the platform's home: mkdir /proc/paas"), "\(outcome)")
    }

    @Test("of a home named from a folder that is gone is not looked for in the root")
    func goneFolder() async throws {
        let home = try Scratch.folder()
        defer { try? FileTree.remove(home) }
        var command = try command(home, "apps", daemon: "/bin/false")
        command.words =
            ["sh", "-c", "mkdir gone && cd gone && rmdir ../gone && exec \"$0\" apps"] + command.words.prefix(1)
        command.folder = home
        command.environment["PAAS_HOME"] = "relative"
        let outcome = try await command.run()
        #expect(outcome.code == 1)
        #expect(
            outcome.errors.contains(
                "PAAS_HOME=relative is no absolute path, and the folder that you stand in is gone."),
            "\(outcome)")
    }

    @Test("of the same version is left alone")
    func same() async throws {
        let same = FakePlatform.Reply(status: 200, body: "[]", version: PlatformVersion.current.description)
        try await FakePlatform.with(["GET /apps": [same]]) { platform in
            let outcome = try await platform.paas("apps")
            #expect(outcome.output == "You have no apps.\n")
            #expect(platform.requests == ["GET /apps "])
        }
    }

    @Test("that hangs: commands say so instead of waiting, and down --force ends it", .timeLimit(.minutes(3)))
    func hangs() async throws {
        let home = try Scratch.folder()
        defer { try? FileTree.remove(home) }
        // Takes connections and answers none, as a stopped process does.
        let line = """
            import os, socket, sys, time
            os.makedirs(sys.argv[1] + "/run", exist_ok=True)
            s = socket.socket(socket.AF_UNIX)
            s.bind(sys.argv[1] + "/run/api.sock")
            s.listen(64)
            print("listens", flush=True)
            time.sleep(600)
            """
        let daemon = try Command(
            ["python3", "-c", line, home], environment: ["PATH": Programs.systemPath], folder: "/"
        ).start()
        try await daemon.says("listens")
        var apps = try command(home, "apps", daemon: "/bin/false")
        apps.limit = .seconds(90)
        let outcome = try await apps.run()
        #expect(outcome.errors.hasPrefix(" ›   Error: The platform does not answer.\n"), "\(outcome)")
        #expect(outcome.errors.contains("paas down --force") && outcome.code == 1, "\(outcome)")
        let down = try await command(home, "down", "--force", daemon: "/bin/false").run()
        #expect(down.errors.contains("Couldn't start the platform"), "the fake one adopts nothing: \(down)")
        #expect(try await daemon.ends().code == 137)
    }

    @Test("on a full disk: says that there is no room, and where", .needsRoot)
    func fullDisk() async throws {
        let folder = try Scratch.folder()
        defer { try? FileTree.remove(folder) }
        try Scratch.write(["daemon.sh": "#!/bin/sh\necho no reason that anybody could read\nexit 1\n"], in: folder)
        try FileTree.makeFolder("\(folder)/home")
        // In a mount namespace of its own, the disk goes with the command.
        let line = "mount -t tmpfs -o size=8k none \"$PAAS_HOME\" && exec \"$PAAS\" apps"
        var command = try command("\(folder)/home", "apps", daemon: "\(folder)/daemon.sh")
        command.environment["PAAS"] = command.words[0]
        command.words = ["unshare", "-m", "sh", "-c", line]
        let outcome = try await command.run()
        let mark = "no space left on the disk of \(folder)/home"
        #expect(outcome.errors.contains(mark) && outcome.errors.contains("df -h \(folder)/home"), "\(outcome)")
    }
}
