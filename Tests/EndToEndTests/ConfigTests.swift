import TestSupport
import Testing

extension EndToEnd {
    @Suite("Config vars")
    struct ConfigTests {
        @Test("keep every value as it was typed, and --shell gives it back to a shell", .timeLimit(.minutes(3)))
        func values() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("keeper", on: platform, files: AppFiles.python())
                let values = [
                    "A": "two\nlines", "B": "'single' \"double\" `back`", "C": "x=y=z", "D": "é ✓ $HOME !", "E": "",
                ]
                for (name, value) in values { try await app.paas("config:set", "\(name)=\(value)").orThrow() }
                for (name, value) in values {
                    #expect(try await app.paas("config:get", name).output == value + "\n")
                    // Heroku's shell form writes a newline as \n, which no shell reads back.
                    guard !value.contains("\n") else { continue }
                    let back = try await platform.shell(
                        "eval \"$(paas config --shell)\"; printf '%s|' \"${!1}\"", name, in: app.folder)
                    #expect(back.output == value + "|", "\(back)")
                }
                try await app.paas("config:unset", "A", "E").orThrow()
                #expect(try await app.paas("config:get", "A").output == "\n")
            }
        }

        @Test("set at the same time are all kept", .timeLimit(.minutes(3)))
        func together() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("chorus", on: platform, files: AppFiles.python())
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 1...8 {
                        group.addTask { try await app.paas("config:set", "VOICE_\(number)=\(number)").orThrow() }
                    }
                    try await group.waitForAll()
                }
                let config = try await app.paas("config").output
                for number in 1...8 { #expect(config.contains("VOICE_\(number): \(number)"), "\(config)") }
                #expect(try await app.currentRelease() == 10)
            }
        }

        @Test("over 64 KB, and names that no shell takes, are refused with the reason", .timeLimit(.minutes(3)))
        func limits() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("strict", on: platform, files: AppFiles.python())
                let long = String(repeating: "x", count: 65_537)
                for word in ["BIG=\(long)", "1BAD=x", "NOVALUE", "=x"] {
                    let set = try await app.paas("config:set", word)
                    #expect(set.code == 1 && !set.errors.isEmpty, "\(word.prefix(20)) was taken")
                }
                #expect(try await app.currentRelease() == 2)
            }
        }

        @Test("edited: what was changed is released, and an unchanged file makes no release", .timeLimit(.minutes(3)))
        func edit() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("editor", on: platform, files: AppFiles.python())
                try await app.paas("config:set", "COLOUR=blue", "KEPT=a b").orThrow()
                var command = platform.command(["paas", "config:edit"], in: app.folder)
                command.input = "y\n"
                command.environment["EDITOR"] = "true"
                let unchanged = try await command.run()
                #expect(unchanged.succeeded && unchanged.text.contains("no changes to config"), "\(unchanged)")
                #expect(try await app.currentRelease() == 3)

                command.environment["EDITOR"] = "sed -i s/blue/green/"
                let changed = try await command.run()
                #expect(changed.succeeded, "\(changed)")
                #expect(try await app.currentRelease() == 4)
                #expect(try await app.paas("config:get", "COLOUR").output == "green\n")
                #expect(try await app.paas("config:get", "KEPT").output == "a b\n")

                command.environment["EDITOR"] = "false"
                #expect(try await !command.run().succeeded, "an editor that failed changes nothing")
                #expect(try await app.currentRelease() == 4)
            }
        }

        @Test("show in no log, no build output, no diary and no process's words", .timeLimit(.minutes(5)))
        func quiet() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("discreet", on: platform, files: AppFiles.python("here"))
                let secret = "opal-\(UInt64.random(in: 0 ... .max))"
                try await app.paas("config:set", "SECRET=\(secret)").orThrow()
                // From here on nobody types it: it may only be where the platform put it.
                try await platform.shell("printf %s \"$1\" > secret", secret).orThrow()
                let watch = "echo watching; while :; do ps -A -ww -o args | grep -F -f secret >> seen; done"
                let watcher = try platform.command(["bash", "-c", watch]).start()
                try await watcher.says("watching")
                let push = try await app.push().orThrow()
                #expect(try await app.get("/env/SECRET").body == secret)
                let run = try await app.paas("run", "-x", "--", "sh", "-c", "test -n \"$SECRET\"")
                #expect(run.succeeded, "\(run)")
                try await app.paas("ps:restart").orThrow()
                watcher.signal(15)
                _ = try await watcher.ends()
                let seen = try await platform.shell("cat seen").orThrow()
                #expect(seen.output == "", "\(seen)")

                let logs = try await app.paas("logs", "-n", "1500").orThrow()
                #expect(logs.output.contains("Set SECRET config vars"), "\(logs)")
                let output = try await app.paas("builds:output").orThrow()
                for text in [push.text, logs.text, output.text] { #expect(!text.contains(secret), "\(text)") }
                let diary = try await platform.shell("test -s home/paasd.log && grep -c -F -f secret home/paasd.log")
                #expect(diary.output == "0\n", "\(diary)")
                let kept = try await platform.shell("grep -r -c -a -h -F -f secret home/logs | sort -u")
                #expect(kept.output == "0\n", "\(kept)")
                let told = try await platform.shell("grep -r -l -a 'Set SECRET config vars' home/logs")
                #expect(told.output.contains("home/logs/"), "the logs are kept elsewhere, or not as text\n\(told)")
            }
        }

        @Test("never show in a process's words or in a file that others may read", .timeLimit(.minutes(3)))
        func secrets() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("vault", on: platform, files: AppFiles.python("here"))
                try await app.push().orThrow()
                let secret = "pearl-\(UInt64.random(in: 0 ... .max))"
                // Through a file, because the words of this very command would be found.
                try await platform.shell("echo \"paas config:set SECRET=\(secret)\" | bash", in: app.folder).orThrow()
                #expect(try await app.get("/env/SECRET").body == secret)
                let words = try await platform.shell(
                    "cat /proc/[0-9]*/cmdline | tr '\\0' ' ' | grep -o 'SECRET=[p]earl-[0-9]*' | wc -l")
                #expect(words.output == "0\n", "\(words)")
                let open = try await platform.shell(
                    "grep -rlF \"$1\" home --include='*' -s | xargs -r stat -c '%a %n'", secret)
                for line in open.output.split(separator: "\n") {
                    #expect(line.hasPrefix("600 ") || line.hasPrefix("400 "), "\(line)")
                }
            }
        }
    }
}
