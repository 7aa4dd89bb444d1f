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

        @Test("gives URLs that a client follows without the token", .timeLimit(.minutes(5)))
        func links() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("linked", on: platform, files: AppFiles.python())
                try await app.push().orThrow()
                let token = try await platform.paas("auth:token").orThrow().output.filter { $0 != "\n" }
                let script = """
                    import json, socket, sys, urllib.request
                    token, port = sys.argv[1], int(sys.argv[2])
                    base = f"http://127.0.0.1:{port}"
                    named = f"http://api.localhost:{port}"

                    def ask(path, headers, body=None):
                        request = urllib.request.Request(base + path, body, {"Host": f"api.localhost:{port}", **headers})
                        return urllib.request.urlopen(request, timeout=60).read().decode()

                    def call(path, body=None):
                        v3 = {"Accept": "application/vnd.heroku+json; version=3", "Authorization": f"Bearer {token}"}
                        return json.loads(ask(path, v3, body and json.dumps(body).encode()))

                    def follow(url):
                        assert url.startswith(named + "/"), url
                        return url[len(named):]

                    session = call("/apps/linked/log-sessions", {"lines": 100})
                    print("app[api]: Deploy" in ask(follow(session["logplex_url"]), {}))
                    build = call("/apps/linked/builds")[0]
                    print("Discovering process types" in ask(follow(build["output_stream_url"]), {}))
                    dyno = call("/apps/linked/dynos", {"command": "echo attached", "attach": True, "force_no_tty": True})
                    connection = socket.create_connection(("127.0.0.1", port), 60)
                    connection.sendall(
                        f"GET {follow(dyno['attach_url'])} HTTP/1.1\\r\\nHost: api.localhost:{port}\\r\\n"
                        "Connection: Upgrade\\r\\nUpgrade: paas-attach/1\\r\\n\\r\\n".encode())
                    said = connection.makefile("rb").read()
                    print(said.startswith(b"HTTP/1.1 101 "), b"attached" in said)

                    """
                let said = try await platform.run(["python3", "-c", script, token, "\(platform.port)"])
                #expect(said.output == "True\nTrue\nTrue True\n", "\(said)")
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
