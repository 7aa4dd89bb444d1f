import Posix
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Apps")
    struct AppTests {
        @Test("get Heroku's name rules, with Heroku's words", .timeLimit(.minutes(2)))
        func names() async throws {
            try await TestPlatform.with { platform in
                let bad = try await platform.paas("create", "Not_A_Name")
                #expect(bad.code == 1)
                #expect(
                    bad.errors.contains(
                        "Name must start with a letter, end with a letter or digit and can only contain lowercase letters, digits, and dashes."
                    ), "\(bad)")
                try await platform.paas("create", "taken-name").orThrow()
                let again = try await platform.paas("create", "taken-name")
                #expect(again.code == 1 && again.errors.contains("Name taken-name is already taken"), "\(again)")
                let reserved = try await platform.paas("create", "dashboard")
                #expect(reserved.code == 1 && reserved.errors.contains("already taken"), "\(reserved)")
                let random = try await platform.paas("create").orThrow()
                #expect(random.errors.contains(/Creating app\.\.\. done, [a-z]+-[a-z]+-\d+/), "\(random)")
            }
        }

        @Test("are found by the remote; with two remotes the error says so and names them", .timeLimit(.minutes(2)))
        func remotes() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("one-app", on: platform, files: AppFiles.python())
                #expect(try await app.git("remote").output == "paas\n")
                try await app.paas("create", "other-app", "--remote", "staging").orThrow()
                let either = try await app.paas("config")
                #expect(either.code != 0)
                for word in ["Multiple apps in git remotes", "one-app (paas)", "other-app (staging)"] {
                    #expect(either.errors.contains(word), "\(either)")
                }
                let chosen = try await app.paas("config", "--remote", "staging")
                #expect(chosen.output.contains("=== other-app Config Vars"), "\(chosen)")
                let named = try await app.paas("config", "--app", "one-app")
                #expect(named.output.contains("=== one-app Config Vars"), "\(named)")
            }
        }

        @Test("are renamed without moving anything, and the remote still works", .timeLimit(.minutes(3)))
        func rename() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("before", on: platform, files: AppFiles.python("same"))
                try await app.push().orThrow()
                try await app.paas("apps:rename", "after").orThrow()
                #expect(try await platform.get("after.localhost").body == "same")
                #expect(try await platform.get("before.localhost").status == 404)
                try await app.commit(["server.py": AppFiles.pythonServer("moved")])
                try await app.push().orThrow()
                #expect(try await platform.get("after.localhost").body == "moved")
            }
        }

        @Test("renamed during a push go live under the new name, and the push says so", .timeLimit(.minutes(3)))
        func renamedDuringPush() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("sooner", on: platform, files: AppFiles.python("here"))
                try await app.commit(["bin/pre_compile": "#!/bin/sh\necho building slowly\nsleep 10\n"])
                try await platform.shell("chmod +x bin/pre_compile && git commit -qam Slow", in: app.folder).orThrow()
                let push = try platform.command(["git", "push", "paas", "main"], in: app.folder).start()
                try await push.says("building slowly")
                try await app.paas("apps:rename", "later").orThrow()
                let ended = try await push.ends()
                #expect(ended.succeeded && ended.text.contains("http://later.localhost:"), "\(ended)")
                #expect(!ended.text.contains("sooner.localhost"), "\(ended)")
                #expect(try await platform.get("later.localhost").body == "here")
            }
        }

        @Test("are destroyed only when confirmed, and leave nothing behind", .timeLimit(.minutes(3)))
        func destroy() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("doomed", on: platform, files: AppFiles.python("here"))
                try await app.push().orThrow()
                let wrong = try await app.paas("apps:destroy", "--app", "doomed", "--confirm", "else")
                #expect(wrong.code == 1 && wrong.errors.contains("did not match doomed. Aborted."), "\(wrong)")
                #expect(try await app.get().body == "here")
                try await app.paas("apps:destroy", "--app", "doomed", "--confirm", "doomed").orThrow()
                #expect(try await app.get().status == 404)
                #expect(try await app.git("remote").output == "", "the remote stayed")
                #expect(try await !platform.paas("apps").output.contains("doomed"))
                try await platform.paas("create", "doomed").orThrow()
            }
        }
    }

    @Suite("paas doctor and paas status")
    struct DoctorTests {
        @Test("find a machine on which the main job works to be well", .timeLimit(.minutes(2)))
        func well() async throws {
            try await TestPlatform.with { platform in
                let doctor = try await platform.paas("doctor")
                #expect(doctor.succeeded, "\(doctor)")
                for word in ["git", "python", "sandbox"] {
                    #expect(doctor.text.lowercased().contains(word), "\(doctor)")
                }
            }
        }

        @Test("and paas up say what a weaker sandbox does not keep apart", .timeLimit(.minutes(2)))
        func weaker() async throws {
            let words = Environment.userID == 0 ? "apps see the machine's files" : "apps can read this user's files"
            try await TestPlatform.with(level: "L3", starts: false) { platform in
                let up = try await platform.paas("up", "--port", "\(platform.port)").orThrow()
                #expect(up.errors.contains("Warning: Dynos are kept in a weaker sandbox (level L3): \(words)"), "\(up)")
                let doctor = try await platform.paas("doctor")
                #expect(doctor.output.contains("[--] sandbox: level L3; \(words)"), "\(doctor)")
            }
        }

        @Test("tell pids, port, home and sandbox level", .timeLimit(.minutes(2)))
        func status() async throws {
            try await TestPlatform.with { platform in
                let status = try await platform.paas("status", "--json").orThrow().output
                #expect(status.jsonField("home") == platform.home, "\(status)")
                #expect(status.jsonField("port") == "\(platform.port)", "\(status)")
                #expect(status.jsonField("level")?.hasPrefix("L") == true, "\(status)")
                for field in ["pid", "router_pid"] {
                    let pid = try #require(status.jsonField(field))
                    try await platform.shell("kill -0 \"$1\"", pid).orThrow()
                }
            }
        }
    }
}
