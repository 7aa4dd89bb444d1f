import APISchema
import Model
import TestSupport
import Testing

@Suite("An error code explained", .timeLimit(.minutes(1)))
struct ExplainTests {
    private static let timeout = """
        === H12 Request timeout

        The dyno sent no first byte within 30 seconds. The client got 503; the dyno works on at the request.

        Usual causes:
            A slow query, or a call of another service without a time limit.
            All workers of the web server are busy with other slow requests.
            The app waits for itself: a request that it makes to its own address, with one worker.

        What to type:
            paas logs --source app
            paas ps:exec -- ps aux
            paas ps:scale web=2
            Do long work in a worker dyno, and answer at once

        """

    private func replies(_ log: String) throws -> [String: [FakePlatform.Reply]] {
        try Scene.with([
            "POST /apps/a1/log-sessions": [
                try .value(
                    LogSessionResource(
                        createdAt: Answers.time, id: "l1", logplexURL: "http://localhost/paas/v1/sessions/l1?n=1",
                        updatedAt: Answers.time), status: 201)
            ],
            "GET /paas/v1/sessions/l1": [.json(log)],
        ])
    }

    @Test("says what it means, why it comes and what to type, in any case of letters and without an app or a platform")
    func alone() async throws {
        try await FakePlatform.with([:]) { platform in
            for word in ["H12", "h12"] {
                let outcome = try await platform.paas("explain", word)
                #expect(outcome.output == Self.timeout && outcome.errors == "" && outcome.code == 0)
            }
            #expect(platform.requests.isEmpty)
        }
    }

    @Test("shows the newest five lines of the app's log that have it, or says that there are none")
    func met() async throws {
        let lines = (1...7).map { number in
            "2026-01-02T03:04:0\(number).000000+00:00 heroku[router]: at=error code=H12 desc=\"Request timeout\" path=\"/\(number)\""
        }
        let other = "2026-01-02T03:04:09.000000+00:00 heroku[router]: at=info method=GET path=\"/?q=code=H12\""
        try await FakePlatform.with(try replies((lines + [other]).joined(separator: "\n") + "\n")) { platform in
            let outcome = try await platform.paas("explain", "H12", "-a", "example")
            let shown = lines.suffix(5).map { "    \($0)\n" }.joined()
            #expect(outcome.output == Self.timeout + "\nNewest in the log of example:\n" + shown)
            let none = try await platform.paas("explain", "R14", "-a", "example")
            #expect(none.output.hasSuffix("\nThe log of example has no R14 among its last 1500 lines.\n"))
        }
    }

    @Test("that there is not: all that there are are listed, and every fault of the platform is among them")
    func unknown() async throws {
        try await FakePlatform.with([:]) { platform in
            let outcome = try await platform.paas("explain", "H98")
            #expect(outcome.code == 1 && outcome.errors.hasPrefix(" ›   Error: There is no error code H98.\n"))
            let list = try await platform.paas("explain")
            #expect(list.code == 0 && outcome.errors.hasSuffix(list.output))
            let codes =
                RouterFault.allCases.map(\.rawValue) + ["R10", "R12", "R13", "R14", "R15", "R16", "R99", "L10", "L15"]
            for code in codes { #expect(list.output.contains("\n  \(code)    "), "\(code)") }
        }
    }
}
