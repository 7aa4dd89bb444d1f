import APISchema
import Posix
import TestSupport
import Testing

@Suite("Which app is meant", .timeLimit(.minutes(1)))
struct RemoteTests {
    /// A repository with these remotes; `NAME` in a URL's place is an app of the platform's home.
    private func repository(_ platform: FakePlatform, _ remotes: [(name: String, app: String)]) async throws -> String {
        let folder = "\(platform.home)/work"
        try FileTree.makeFolder(folder)
        var lines = "git init -q .\n"
        for (name, app) in remotes {
            lines += "git remote add \(name) \(app.hasPrefix("/") ? app : "\(platform.home)/git/\(app).git")\n"
        }
        let command = Command(
            ["sh", "-c", lines], environment: ["PATH": Programs.systemPath, "HOME": platform.home], folder: folder)
        let outcome = try await command.run()
        try #require(outcome.succeeded, "\(outcome)")
        return folder
    }

    private func replies() throws -> [String: [FakePlatform.Reply]] {
        var replies: [String: [FakePlatform.Reply]] = try [
            "GET /apps": [.value([Answers.app("one", id: "a1"), Answers.app("two", id: "a2")])]
        ]
        for (id, name) in [("a1", "one"), ("a2", "two")] {
            for key in [id, name] { replies["GET /apps/\(key)"] = [try .value(Answers.app(name, id: id))] }
            replies["GET /apps/\(id)/dynos"] = [.json("[]")]
        }
        return replies
    }

    @Test("is given a remote with a warning in a repository that git will not push to it")
    func sha256() async throws {
        try await FakePlatform.with(try replies()) { platform in
            let folder = try await repository(platform, [])
            let line = "rm -rf .git && git init -q --object-format=sha256 ."
            let made = try await Command(
                ["sh", "-c", line], environment: ["PATH": Programs.systemPath, "HOME": platform.home], folder: folder
            ).run()
            try #require(made.succeeded, "\(made)")
            let outcome = try await platform.paas("git:remote", "-a", "one", folder: folder)
            #expect(outcome.succeeded)
            #expect(outcome.errors.contains("This repository uses SHA-256 object names"), "\(outcome)")
        }
    }

    @Test("is told by the only remote of this home")
    func single() async throws {
        try await FakePlatform.with(try replies()) { platform in
            let folder = try await repository(platform, [("origin", "/elsewhere/git/a2.git"), ("paas", "a1")])
            #expect(try await platform.paas("ps", folder: folder).output == "No dynos on one\n")
        }
    }

    @Test("is chosen by --remote, by PAAS_APP, and before all by --app")
    func order() async throws {
        try await FakePlatform.with(try replies()) { platform in
            let folder = try await repository(platform, [("paas", "a1"), ("staging", "a2")])
            #expect(try await platform.paas("ps", "-r", "staging", folder: folder).output == "No dynos on two\n")
            let named = try await platform.paas("ps", folder: folder, environment: ["PAAS_APP": "two"])
            #expect(named.output == "No dynos on two\n")
            let flag = try await platform.paas("ps", "-a", "one", folder: folder, environment: ["PAAS_APP": "two"])
            #expect(flag.output == "No dynos on one\n")
        }
    }

    @Test("is unclear with two remotes, and the error names them as Heroku's does")
    func two() async throws {
        try await FakePlatform.with(try replies()) { platform in
            let folder = try await repository(platform, [("paas", "a1"), ("staging", "a2")])
            let outcome = try await platform.paas("ps", folder: folder)
            #expect(
                outcome.errors == """
                     ›   Error: Multiple apps in git remotes
                     ›     Usage: --remote staging
                     ›        or: --app two
                     ›     Your local git repository has more than 1 app referenced in git remotes.
                     ›     Because of this, we can't determine which app you want to run this command against.
                     ›     Specify the app you want with --app or --remote.
                     ›     Paas remotes in repo:
                     ›     one (paas)
                     ›     two (staging)

                    """)
            #expect(outcome.code == 1)
        }
    }

    @Test("is unknown for a remote that is not there")
    func absent() async throws {
        try await FakePlatform.with(try replies()) { platform in
            let outcome = try await platform.paas("ps", "-r", "nowhere")
            #expect(outcome.errors == " ›   Error: remote nowhere not found in git remotes\n")
        }
    }

    @Test("paas create adds a remote, and leaves one alone that leads elsewhere")
    func create() async throws {
        var replies = try replies()
        replies["POST /apps"] = [try .value(Answers.app("one"), status: 201)]
        try await FakePlatform.with(replies) { platform in
            let folder = try await repository(platform, [])
            try #require(try await platform.paas("create", "one", folder: folder).succeeded)
            let remote = Command(
                ["git", "remote", "get-url", "paas"],
                environment: ["PATH": Programs.systemPath, "HOME": platform.home], folder: folder)
            #expect(try await remote.run().output == "/home/git/a1.git\n")
            try #require(
                try await platform.paas("create", "one", "--no-remote", folder: folder).errors
                    == "Creating one... done\n")
            var moved = remote
            moved.words = ["git", "remote", "set-url", "paas", "https://example.com/x.git"]
            _ = try await moved.run()
            let outcome = try await platform.paas("create", "one", folder: folder)
            #expect(outcome.errors.contains("Git remote paas was there already"))
            #expect(try await remote.run().output == "https://example.com/x.git\n")
        }
    }

    @Test("a repository of another user gets no remote, and create says why and what to type", .needsRoot)
    func distrusted() async throws {
        var replies = try replies()
        replies["POST /apps"] = [try .value(Answers.app("one"), status: 201)]
        try await FakePlatform.with(replies) { platform in
            let folder = try await repository(platform, [("paas", "a1")])
            let owning = Command(
                ["chown", "-R", "12345", folder], environment: ["PATH": Programs.systemPath], folder: "/")
            try #require(try await owning.run().succeeded)
            let created = try await platform.paas("create", "one", folder: folder)
            #expect(
                created.errors == """
                    Creating one... done
                     ›   Warning: No Git remote was added. Git does not trust the repository at \(folder), as it belongs to another user.
                     ›   To add it, run:
                     ›     git config --global --add safe.directory \(folder)
                     ›     paas git:remote -a one

                    """)
            #expect(created.succeeded)
            let unclear = try await platform.paas("ps", folder: folder)
            #expect(unclear.errors.contains("Git does not trust the repository at \(folder)"), "\(unclear)")
        }
    }

    @Test("paas apps lists every app, however many parts the list comes in")
    func parts() async throws {
        var replies = try replies()
        replies["GET /apps"] = [
            try FakePlatform.Reply.value([Answers.app("one", id: "a1")], status: 206).followed(by: "id ]a1..; max=1"),
            try FakePlatform.Reply.value([Answers.app("two", id: "a2")], status: 206).followed(by: "id ]a2..; max=1"),
            .json("[]"),
        ]
        try await FakePlatform.with(replies) { platform in
            let listed = try await platform.paas("apps")
            #expect(listed.output == "=== me@localhost Apps\n\none\ntwo\n\n", "\(listed)")
            #expect(platform.ranges == [nil, "id ]a1..; max=1", "id ]a2..; max=1"])
        }
        try await FakePlatform.with(replies) { platform in
            let document = try await platform.paas("apps", "--json")
            let apps: [AppResource] = try WireJSON.decode(from: Array(document.output.utf8))
            #expect(apps.map(\.name) == ["one", "two"])
        }
    }
}
