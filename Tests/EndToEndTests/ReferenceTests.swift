import TestSupport
import Testing

extension EndToEnd {
    @Suite("What is pushed where")
    struct ReferenceTests {
        @Test(
            "an annotated tag or a tree, which git puts into no branch, is refused before it is built",
            .timeLimit(.minutes(5)))
        func noCommit() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("label", on: platform, files: AppFiles.python("one"))
                try await app.push().orThrow()
                try await app.commit(["server.py": AppFiles.pythonServer("two")])
                try await app.git("tag", "-a", "-m", "Second", "v2.0").orThrow()
                let tag = try await app.push("v2.0:main")
                #expect(!tag.succeeded && tag.errors.contains("git push paas v2.0^{}:main"), "\(tag)")
                let tree = try await app.push("-f", "HEAD^{tree}:main")
                #expect(!tree.succeeded && tree.errors.contains("this is a tree"), "\(tree)")
                #expect(!(tag.errors + tree.errors).contains("-----> Building"))
                #expect(try await app.currentRelease() == 3)
                // What the refusal says to type.
                try await app.push("v2.0^{}:main").orThrow()
                #expect(try await app.get().body == "two")
            }
        }

        @Test(
            "only main and master deploy; other branches and tags are kept, and a deletion does no harm",
            .timeLimit(.minutes(5)))
        func branches() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("twig", on: platform, files: AppFiles.python("one"))
                let side = try await app.push("main:idea")
                #expect(side.succeeded, "\(side)")
                #expect(side.errors.contains("Pushed to branch other than [main, master], skipping build."), "\(side)")
                #expect(try await app.currentRelease() == 2)

                try await app.push().orThrow()
                try await app.git("tag", "v1.0").orThrow()
                let tag = try await app.push("v1.0")
                #expect(tag.succeeded && tag.errors.contains("skipping build"), "\(tag)")
                #expect(try await app.currentRelease() == 3)

                let deletion = try await app.push(":idea")
                #expect(deletion.succeeded, "\(deletion)")
                let main = try await app.push(":main")
                #expect(!main.succeeded && !main.errors.contains("Deleted the branch"), "\(main)")
                #expect(try await app.get().body == "one")
            }
        }

        @Test("topic:main deploys the topic, and a force push that rewrites history works", .timeLimit(.minutes(5)))
        func topic() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("graft", on: platform, files: AppFiles.python("one"))
                try await app.push().orThrow()
                try await app.git("checkout", "-q", "-b", "topic").orThrow()
                try await app.commit(["server.py": AppFiles.pythonServer("topic")])
                try await app.push("topic:main").orThrow()
                #expect(try await app.get().body == "topic")

                try await app.git("checkout", "-q", "main").orThrow()
                try await app.commit(["server.py": AppFiles.pythonServer("rewritten")])
                let refused = try await app.push()
                #expect(!refused.succeeded && refused.errors.contains("non-fast-forward"), "\(refused)")
                try await app.push("--force", "main").orThrow()
                #expect(try await app.get().body == "rewritten")
            }
        }

        @Test("main and master in one push are refused, and nothing changes", .timeLimit(.minutes(5)))
        func both() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("fork", on: platform, files: AppFiles.python("one"))
                let push = try await app.push("main", "main:master")
                #expect(!push.succeeded, "\(push)")
                #expect(try await app.currentRelease() == 2)
            }
        }

        @Test("pushing nothing new says so and makes no release", .timeLimit(.minutes(5)))
        func nothingNew() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("still", on: platform, files: AppFiles.python("one"))
                try await app.push().orThrow()
                let again = try await app.push()
                #expect(again.succeeded && again.errors.contains("Everything up-to-date"), "\(again)")
                #expect(try await app.currentRelease() == 3)
                try await app.commit([:], "An empty commit")
                try await app.push().orThrow()
                #expect(try await app.currentRelease() == 4)
            }
        }

        @Test("two pushes at once: both end, and what was pushed last serves", .timeLimit(.minutes(5)))
        func twoAtOnce() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("crowd", on: platform, files: AppFiles.python("one"))
                try await app.push().orThrow()
                try await app.git("checkout", "-q", "-b", "left").orThrow()
                try await app.commit(["server.py": AppFiles.pythonServer("left")])
                try await app.git("checkout", "-q", "-b", "right", "main").orThrow()
                try await app.commit(["server.py": AppFiles.pythonServer("right")])

                async let left = app.push("--force", "left:main")
                async let right = app.push("--force", "right:main")
                let both = try await [left, right]
                #expect(both.contains { $0.succeeded }, "\(both)")

                // Whoever won, the branch and what serves are the same commit.
                let serves = try await app.get().body
                try await app.git("fetch", "-q", "paas").orThrow()
                let kept = try await app.git("show", "paas/main:server.py").orThrow()
                #expect(["left", "right"].contains(serves))
                #expect(kept.output.contains("body = \"\(serves)\""), "\(both)")
                let check = try await platform.shell(
                    "git -C \"$(git remote get-url paas)\" fsck --strict", in: app.folder)
                #expect(check.succeeded, "\(check)")
            }
        }

        @Test(
            "Ctrl-C during a build ends the push without a release; the old one serves, and the next push works",
            .timeLimit(.minutes(5)))
        func interrupted() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("abrupt", on: platform, files: AppFiles.python("one"))
                try await app.push().orThrow()
                let slow = "#!/bin/sh\necho building slowly\nsleep 98765\n"
                try await app.commit(["bin/pre_compile": slow, "server.py": AppFiles.pythonServer("two")])
                try await platform.shell("chmod +x bin/pre_compile && git commit -qam Slow", in: app.folder).orThrow()
                let push = try platform.command(["git", "push", "paas", "main"], in: app.folder).start()
                try await push.says("building slowly")
                push.signal(2)
                #expect(try await !push.ends().succeeded)
                try await app.logsSay("Build failed")
                #expect(try await app.currentRelease() == 3)
                #expect(try await app.get().body == "one")
                let left = try await platform.shell("ps -A -ww -o args | grep -c '[s]leep 98765'")
                #expect(left.output == "0\n", "the build still runs")

                try await app.git("rm", "-q", "bin/pre_compile").orThrow()
                try await app.commit([:], "Without the slow step")
                let next = try await app.push()
                #expect(next.succeeded, "\(next)")
                #expect(try await app.get().body == "two")
                #expect(try await app.currentRelease() == 4)
            }
        }

        @Test("Ctrl-C once the release exists no longer stops it: it finishes and serves", .timeLimit(.minutes(5)))
        func interruptedLate() async throws {
            try await TestPlatform.with { platform in
                // The release command holds the push where the release's row has been written and nothing serves.
                let line = "release: echo held; sleep 2; echo let go\n"
                let app = try await TestApp("resolute", on: platform, files: AppFiles.python("one", processes: line))
                let push = try platform.command(["git", "push", "paas", "main"], in: app.folder).start()
                try await push.says("held")
                push.signal(2)
                #expect(try await !push.ends().succeeded)
                try await app.logsSay("Build succeeded")
                #expect(try await app.currentRelease() == 3)
                #expect(try await app.get().body == "one")

                try await app.commit(["server.py": AppFiles.pythonServer("two")])
                let next = try await app.push()
                #expect(next.succeeded, "\(next)")
                #expect(try await app.get().body == "two")
            }
        }
    }
}
