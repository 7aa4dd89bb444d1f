import TestSupport
import Testing

extension EndToEnd {
    @Suite("api.localhost")
    struct DoorTests {
        @Test("answers to a token and to nothing else", .timeLimit(.minutes(3)))
        func token() async throws {
            try await TestPlatform.with { platform in
                try await platform.paas("create", "seen").orThrow()
                let token = try await platform.paas("auth:token").orThrow().output.filter { $0 != "\n" }
                #expect(try await code(platform) == "401")
                #expect(try await code(platform, "Authorization: Bearer wrong") == "401")
                #expect(try await code(platform, "Authorization: Bearer \(token)") == "200")
            }
        }

        @Test("refuses a web page, even one that knows the token", .timeLimit(.minutes(3)))
        func origin() async throws {
            try await TestPlatform.with { platform in
                let token = try await platform.paas("auth:token").orThrow().output.filter { $0 != "\n" }
                let page = try await code(platform, "Authorization: Bearer \(token)", "Origin: http://evil.example")
                #expect(page == "403", "\(page)")
                let rebound = try await platform.shell(
                    "curl -s -o /dev/null -w '%{http_code}' -H 'Host: evil.example' -H \"Authorization: Bearer $1\" http://127.0.0.1:$2/apps",
                    token, "\(platform.port)")
                #expect(rebound.output == "404", "another host name is no way in\n\(rebound)")
            }
        }

        @Test("listens on loopback only", .timeLimit(.minutes(3)))
        func loopback() async throws {
            try await TestPlatform.with { platform in
                let port = String(platform.port, radix: 16, uppercase: true)
                let listening = try await platform.shell(
                    "cat /proc/net/tcp /proc/net/tcp6 | awk -v port=\":$1\" '$4 == \"0A\" && index($2, port) { print $2 }'",
                    String(repeating: "0", count: 4 - port.count) + port)
                let addresses = Set(listening.output.split(separator: "\n").map { $0.prefix { $0 != ":" } })
                #expect(!addresses.isEmpty)
                #expect(addresses.isSubset(of: ["0100007F", "00000000000000000000000001000000"]), "\(listening)")
            }
        }

        private func code(_ platform: TestPlatform, _ headers: String...) async throws -> String {
            let words = [
                "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-H",
                "Accept: application/vnd.heroku+json; version=3", "--resolve",
                "api.localhost:\(platform.port):127.0.0.1",
            ]
            let more = headers.flatMap { ["-H", $0] }
            return try await platform.run(words + more + ["http://api.localhost:\(platform.port)/apps"]).output
        }
    }
}
