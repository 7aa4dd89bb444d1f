import TestSupport
import Testing

@Suite("The receive hook", .timeLimit(.minutes(1)))
struct HookTests {
    private static let input =
        "\(String(repeating: "0", count: 40)) \(String(repeating: "a", count: 40)) refs/heads/main\n"

    private func hook(_ lines: String, status: Int = 200) async throws -> (outcome: Outcome, requests: [String]) {
        var result: (outcome: Outcome, requests: [String])?
        try await FakePlatform.with(["POST /paas/v1/apps/a1/pushes": [.json(lines, status: status)]]) { platform in
            let outcome = try await platform.paas(
                "git-hook", "a1", input: Self.input, folder: platform.home,
                environment: [
                    "GIT_OBJECT_DIRECTORY": "/q/incoming", "GIT_QUARANTINE_PATH": "/q/incoming",
                    "GIT_ALTERNATE_OBJECT_DIRECTORIES": "/repo/objects:/other/objects",
                ])
            result = (outcome, platform.requests)
        }
        return try #require(result)
    }

    @Test("hands refs and object folders on, shows what the platform says, and accepts when it does")
    func accepts() async throws {
        let (outcome, requests) = try await hook(
            "{\"output\":\"-----> Python app detected\\n\"}\n{\"result\":\"accepted\"}\n")
        #expect(outcome.output == "-----> Python app detected\n")
        #expect(outcome.code == 0)
        let zeros = String(repeating: "0", count: 40)
        let new = String(repeating: "a", count: 40)
        #expect(
            requests == [
                """
                POST /paas/v1/apps/a1/pushes \
                {"object_directories":["/q/incoming","/repo/objects","/other/objects"],\
                "updates":[{"new":"\(new)","old":"\(zeros)","ref":"refs/heads/main"}]}
                """
            ])
    }

    @Test("refuses when the platform does, without a word of its own")
    func refuses() async throws {
        let (outcome, _) = try await hook("{\"output\":\" !     Push failed\\n\"}\n{\"result\":\"refused\"}\n")
        #expect(outcome.text == " !     Push failed\n")
        #expect(outcome.code == 1)
    }

    @Test("refuses and says so when the platform goes away during the push")
    func brokenOff() async throws {
        let (outcome, _) = try await hook("{\"output\":\"-----> Building\\n\"}\n")
        #expect(
            outcome.text == """
                -----> Building
                 !
                 !     The platform stopped during the push. Nothing was released; what ran before still runs.
                 !     Push again; `paas doctor` tells whether something is wrong.
                 !

                """)
        #expect(outcome.code == 1)
    }

    @Test("refuses with the platform's message when it answers with an error")
    func failure() async throws {
        let (outcome, _) = try await hook(
            #"{"id":"not_found","message":"Couldn't find that app.","mend":["paas apps"]}"#, status: 404)
        #expect(outcome.text == " !\n !     Couldn't find that app.\n !     paas apps\n !\n")
        #expect(outcome.code == 1)
    }
}
