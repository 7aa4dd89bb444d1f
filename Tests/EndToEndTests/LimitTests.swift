import Posix
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Limits")
    struct LimitTests {
        /// `/hold/N` keeps N MB, `/fill/N` writes N MB to /tmp; `/env/NAME` as in ``AppFiles/python(_:processes:)``.
        private static func files(_ body: String) -> [String: String] {
            var files = AppFiles.python(body)
            files["server.py"] = files["server.py"]?.replacing(
                """
                        if words[1] == "env":
                """,
                with: """
                            if words[1] == "hold":
                                kept.append(b"x" * (int(words[2]) << 20))
                            if words[1] == "fill":
                                open("/tmp/fill", "wb").write(b"x" * (int(words[2]) << 20))
                            if words[1] == "env":
                    """
            ).replacing("class Handler", with: "kept = []\n\nclass Handler", maxReplacements: 1)
            files["bomb.py"] = """
                import os, signal, time
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                print("lit", flush=True)
                while True:
                    try:
                        if os.fork() == 0:
                            time.sleep(600)
                            os._exit(0)
                    except OSError:
                        time.sleep(0.05)
                """
            return files
        }

        /// Runs `body` for each kind of user that the tests may be.
        private static func asEveryone(
            _ settings: [String: String] = [:], _ body: (TestPlatform) async throws -> Void
        ) async throws {
            try await TestPlatform.with(settings: settings, body)
            guard Environment.userID == 0 else { return }
            try await Account.with { account in
                try await TestPlatform.with(account: account, settings: settings, body)
            }
        }

        @Test(
            "memory: an app that takes all is told R14, then ended with R15, and started again",
            .timeLimit(.minutes(10)))
        func memory() async throws {
            try await Self.asEveryone { platform in
                let app = try await TestApp("greedy", on: platform, files: Self.files("here"))
                try await app.push().orThrow()
                _ = try await app.get("/hold/560")
                let warned = try await app.logsSay("heroku[web.1]: Error R14 (Memory quota exceeded)")
                #expect(
                    warned.contains(/heroku\[web\.1\]: Process running mem=[5-9][0-9]{2}M\(1[0-9]{2}\.[0-9]%\)/),
                    "\(warned)")
                // It dies before it can answer.
                _ = try? await app.get("/hold/600")
                let ended = try await app.logsSay("heroku[web.1]: State changed from up to crashed")
                let told = [
                    "Error R15 (Memory quota vastly exceeded)", "Stopping process with SIGKILL",
                    "Process exited with status 137",
                ].compactMap { ended.firstRange(of: "heroku[web.1]: \($0)")?.lowerBound }
                #expect(told.count == 3 && told == told.sorted(), "\(ended)")
                try await app.logsSay("heroku[web.1]: State changed from crashed to starting")
                #expect(try await app.get().body == "here")
            }
        }

        @Test(
            "memory: the two processes beside a dyno's own have 200 KB for themselves, and share the rest",
            .enabled("needs root and programs built for release") {
                Environment.userID == 0 && Programs.areForRelease
            }, .timeLimit(.minutes(5)))
        func weight() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("resting", on: platform, files: AppFiles.python("here"))
                try await app.push().orThrow()
                let shim = try #require(platform.processes(of: .shim).first)
                let children = try FileTree.readText("/proc/\(shim)/task/\(shim)/children")
                let first = try #require(children.split(separator: " ").first.flatMap { Int32($0) })
                var own = 0
                let isLittle = try await eventually {
                    own = try Self.ownKilobytes(of: shim) + Self.ownKilobytes(of: first)
                    return own <= 200
                }
                #expect(isLittle, "\(own) KB")
            }
        }

        /// What it has written to. Pages of the program that only it has read are the file's, and the next dyno's too.
        private static func ownKilobytes(of process: Int32) throws -> Int {
            let lines = try FileTree.readText("/proc/\(process)/smaps_rollup").split(separator: "\n")
            return lines.filter { $0.hasPrefix("Private_Dirty") }.reduce(0) { sum, line in
                sum + (line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0)
            }
        }

        @Test("disk: an app that fills it is stopped, told why, and started again", .timeLimit(.minutes(10)))
        func disk() async throws {
            let settings = ["PAAS_SCRATCH_LIMIT_MB": "20", "PAAS_SCRATCH_DISKS": "off"]
            try await Self.asEveryone(settings) { platform in
                let app = try await TestApp("hoarder", on: platform, files: Self.files("here"))
                try await app.push().orThrow()
                _ = try? await app.get("/fill/60")
                let told = try await app.logsSay("heroku[web.1]: Process exited with status 137")
                #expect(told.contains("Disk quota exceeded: /app, /tmp and /var/tmp hold "), "\(told)")
                #expect(told.contains("its limit is 20 MB"), "\(told)")
                try await app.logsSay("heroku[web.1]: State changed from crashed to starting")
                #expect(try await app.get().body == "here")
            }
        }

        @Test(
            "disk: as root, an app that fills it gets ENOSPC, is told, and serves on",
            .enabled("needs root") { Environment.userID == 0 }, .timeLimit(.minutes(5)))
        func ownDisk() async throws {
            try await TestPlatform.with(settings: ["PAAS_SCRATCH_LIMIT_MB": "20"]) { platform in
                let app = try await TestApp("hoarder", on: platform, files: Self.files("here"))
                try await app.push().orThrow()
                let words = try await platform.paas("status").output
                #expect(words.contains("scratch: 20 MB a dyno, each on a file system of its own"), "\(words)")
                _ = try? await app.get("/fill/60")
                let told = try await app.logsSay("app[web.1]: OSError: [Errno 28] No space left on device")
                #expect(!told.contains("Process exited"), "\(told)")
                try await app.logsSay("heroku[web.1]: Disk full: this dyno has written the 20 MB")
                #expect(try await app.get().body == "here")
                let beside = try await app.paas("run", "head -c 60000000 /dev/zero >big; ls -s --block-size=M big")
                #expect(beside.text.contains("No space left on device"), "\(beside)")
                #expect(beside.text.contains(/2[01]M big/), "\(beside)")
            }
        }

        @Test(
            "processes: a fork bomb leaves the platform and other apps usable, and is stopped", .timeLimit(.minutes(10))
        )
        func forkBomb() async throws {
            try await Self.asEveryone(["PAAS_STOP_GRACE": "2"]) { platform in
                let app = try await TestApp("bomber", on: platform, files: Self.files("here"))
                try await app.push().orThrow()
                let other = try await TestApp("bystander", on: platform, files: AppFiles.python("well"))
                try await other.push().orThrow()
                let started = try await app.paas("run:detached", "python bomb.py").orThrow()
                let name = try #require(started.text.firstMatch(of: /run\.\d+/).map { String($0.0) }, "\(started)")
                try await app.logsSay("app[\(name)]: lit")
                #expect(try await other.get().body == "well")
                #expect(try await other.paas("run", "echo I run").output.contains("I run"))
                #expect(try await app.get().body == "here")
                try await app.paas("ps:stop", "--dyno-name", name).orThrow()
                try await app.logsSay("heroku[\(name)]: Process exited with status 137")
                #expect(try await !app.paas("ps").output.contains(name))
            }
        }

        @Test("control groups go with their dynos, and after kill -9 with paas down", .timeLimit(.minutes(5)))
        func groups() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("grouped", on: platform, files: Self.files("here"))
                try await app.push().orThrow()
                let found = try await platform.shell("cat home/run/dynos/*/groups 2>/dev/null").output
                let folders = found.split(separator: "\n").map(String.init)
                let daemon = try #require(try await platform.status("pid"))
                let kill = "kill -9 \"$1\"; pkill -9 -f \"^$2/paas-dyno $3/\"; true"
                _ = try await platform.shell(kill, daemon, Programs.folder ?? "", platform.home)
                try await platform.paas("down").orThrow()
                #expect(folders.allSatisfy { !FileTree.exists($0) }, "\(folders)")
            }
        }

        @Test(
            "a size changes memory, processes and start-up variables without one failed request",
            .timeLimit(.minutes(5)))
        func size() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("sized", on: platform, files: Self.files("here"))
                try await app.push().orThrow()
                #expect(try await app.get("/env/DYNO_RAM").body == "512")
                let report = try await SteadyRequests.during(platform, app.host) {
                    let changed = try await app.paas("ps:type", "web=standard-2x").orThrow()
                    #expect(changed.output.contains("web    Standard-2X"), "\(changed)")
                    let scaled = try await app.paas("ps:scale", "web=2:performance-m").orThrow()
                    #expect(scaled.text.contains("now running web at 2:Performance-M"), "\(scaled)")
                    try await app.paas("ps:type", "2X").orThrow()
                }
                #expect(report.failures.isEmpty, "\(report)")
                #expect(try await app.get("/env/DYNO_RAM").body == "1024")
                let listed = try await app.paas("ps").output
                #expect(listed.contains("=== web (Standard-2X): python server.py (2)"), "\(listed)")
                #expect(try await app.paas("ps:scale").output == "web=2:Standard-2X\n")
                let limit = "cat /sys/fs/cgroup/memory/memory.limit_in_bytes"
                #expect(try await app.paas("run", "--size", "standard-2x", "--", limit).output.contains("1073741824"))
            }
        }

        @Test(
            "an old name of a size is taken with a line that says so; strict refuses what Heroku does",
            .timeLimit(.minutes(5)))
        func strict() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("old", on: platform, files: Self.files("here"))
                try await app.push().orThrow()
                let lenient = try await app.paas("ps:scale", "web=2:hobby").orThrow()
                #expect(
                    lenient.text.contains("Heroku no longer has the size hobby; Basic took its place"), "\(lenient)")
                try await app.paas("ps:scale", "web=1").orThrow()
                try await app.paas("features:enable", "strict").orThrow()
                let refused = try await app.paas("ps:scale", "web=2")
                #expect(
                    refused.code == 1
                        && refused.errors.contains("Cannot update to more than 1 Basic size dynos per process type."),
                    "\(refused)")
                let old = try await app.paas("ps:type", "hobby")
                #expect(old.code == 1 && old.errors.contains("No such size as hobby"), "\(old)")
                try await app.paas("ps:scale", "web=2:standard-1x").orThrow()
            }
        }

        @Test("log-runtime-metrics writes Heroku's lines", .timeLimit(.minutes(5)))
        func metrics() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("measured", on: platform, files: Self.files("here"))
                try await app.push().orThrow()
                try await app.paas("labs:enable", "log-runtime-metrics").orThrow()
                try await app.paas("ps:restart").orThrow()
                var command = platform.command(["paas", "logs", "--tail", "-n", "1000"], in: app.folder)
                command.limit = .seconds(90)
                let tail = try command.start()
                let text = try await tail.says("sample#memory_quota=512.00MB")
                tail.signal(2)
                _ = try await tail.ends()
                let line =
                    /heroku\[web\.1\]: source=web\.1 dyno=heroku\.\d+\.[0-9a-f-]{36} sample#memory_total=\d+\.\d\dMB/
                #expect(text.contains(line), "\(text)")
                let status = try await platform.paas("status").output
                #expect(status.contains("memory: ") && status.contains("scratch: "), "\(status)")
            }
        }
    }
}
