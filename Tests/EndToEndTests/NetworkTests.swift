import Posix
import TestSupport
import Testing

extension EndToEnd {
    @Suite("features:enable private-network")
    struct NetworkTests {
        @Test(
            "gives each dyno its own network: hard-coded ports never collide, other apps answer, restarts fail nothing",
            .needs("pasta"), .needsTunnel, .timeLimit(.minutes(5)))
        func own() async throws {
            try await TestPlatform.with { platform in
                let neighbour = try await TestApp("neighbour", on: platform, files: AppFiles.python("next door"))
                try await neighbour.push().orThrow()
                var files = AppFiles.python("mine")
                files["fixed.py"] = """
                    import socket
                    import urllib.request, sys
                    socket.create_server(("0.0.0.0", 23456))
                    print("next door:", urllib.request.urlopen("http://neighbour.localhost:" + sys.argv[1]).read().decode(), flush=True)

                    """
                files["Procfile"] = "web: python fixed.py \(platform.port) && python server.py\n"
                let app = try await TestApp("private", on: platform, files: files)
                try await app.paas("features:enable", "private-network").orThrow()
                try await app.push().orThrow()
                let scaled = try await app.paas("ps:scale", "web=2")
                #expect(scaled.succeeded, "\(scaled)")
                try await app.logsSay("heroku[web.2]: State changed from starting to up")
                let logs = try await app.paas("logs", "-n", "500").output
                #expect(logs.contains("app[web.1]: next door: next door"), "\(logs)")
                #expect(logs.contains("app[web.2]: next door: next door"), "\(logs)")
                #expect(try await app.get().body == "mine")

                let pid = try #require(try await platform.status("pid"))
                let report = try await SteadyRequests.during(platform, app.host) {
                    try await app.paas("ps:restart").orThrow()
                    try await platform.shell("kill -9 \"$1\"", pid).orThrow()
                    let listed = try await app.paas("ps")
                    #expect(listed.output.contains("web.2: up"), "\(listed)")
                }
                #expect(report.failures.isEmpty, "\(report)")
            }
        }

        @Test("is refused where a dyno has no namespaces, with the reason", .timeLimit(.minutes(5)))
        func refused() async throws {
            try await TestPlatform.with(level: "L3") { platform in
                let app = try await TestApp("plain", on: platform, files: AppFiles.python())
                let refused = try await app.paas("features:enable", "private-network")
                #expect(!refused.succeeded)
                #expect(refused.text.contains("level L3"), "\(refused)")
                #expect(try await app.paas("features").output.contains("[ ] private-network"))
            }
        }

        @Test("and doctor say who reaches a dyno that listens on all addresses", .timeLimit(.minutes(5)))
        func doctor() async throws {
            try await TestPlatform.with { platform in
                let doctor = try await platform.paas("doctor")
                #expect(doctor.output.contains("network: "), "\(doctor)")
                #expect(!doctor.output.contains("network: unknown"), "\(doctor)")
            }
        }
    }
}

extension Trait where Self == ConditionTrait {
    /// The device through which a dyno's own network sends its packets.
    static var needsTunnel: Self {
        .enabled("needs /dev/net/tun") { (try? Descriptor(opening: "/dev/net/tun", 2)) != nil }
    }
}
