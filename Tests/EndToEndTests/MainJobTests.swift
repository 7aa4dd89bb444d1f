import TestSupport
import Testing

extension EndToEnd {
    @Suite("git push paas main")
    struct MainJobTests {
        @Test("deploys Python without requirements, and again after a change", .timeLimit(.minutes(5)))
        func python() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("snake", on: platform, files: AppFiles.python("one"))
                try await app.push().orThrow()
                #expect(try await app.get().body == "one")

                try await app.commit(["server.py": AppFiles.pythonServer("two")])
                let again = try await app.push()
                #expect(again.succeeded, "\(again)")
                #expect(try await app.get().body == "two")
                #expect(try await app.currentRelease() == 4, "v1 and v2 come with the app")
            }
        }

        @Test("deploys Node.js without dependencies, needing no network", .needs("node"), .timeLimit(.minutes(5)))
        func node() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("knot", on: platform, files: AppFiles.node("from node"))
                let push = try await app.push()
                #expect(push.succeeded, "\(push)")
                #expect(push.errors.contains("Node.js app detected"), "\(push)")
                #expect(try await app.get().body == "from node")
            }
        }

        @Test("deploys a Swift package", .needs("swift"), .timeLimit(.minutes(10)))
        func swift() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("swallow", on: platform, files: AppFiles.swift("from swift"))
                let push = try await app.push()
                #expect(push.succeeded, "\(push)")
                #expect(try await app.get().body == "from swift")
            }
        }

        @Test("works from a repository that another app lives beside", .timeLimit(.minutes(5)))
        func twoApps() async throws {
            try await TestPlatform.with { platform in
                let first = try await TestApp("first", on: platform, files: AppFiles.python("first"))
                let second = try await TestApp("second", on: platform, files: AppFiles.python("second"))
                try await first.push().orThrow()
                try await second.push().orThrow()
                #expect(try await first.get().body == "first")
                #expect(try await second.get().body == "second")
            }
        }

        @Test("says which files were looked for when no buildpack fits", .timeLimit(.minutes(5)))
        func noBuildpack() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("mystery", on: platform, files: ["notes.txt": "nothing to run"])
                let push = try await app.push()
                #expect(!push.succeeded)
                #expect(push.errors.contains("No default language could be detected for this app."), "\(push)")
                for file in ["package.json", "requirements.txt", "Package.swift"] {
                    #expect(push.errors.contains(file), "\(push)")
                }
            }
        }
    }
}
