import APISchema
import Posix
import TestSupport
import Testing

@Suite("A domain at the keyboard", .timeLimit(.minutes(1)))
struct DomainCommandTests {
    static func domain(
        _ host: String, kind: String = "custom", endpoint: String? = nil, acm: String? = nil, reason: String? = nil
    ) -> DomainResource {
        DomainResource(
            acmStatus: acm, acmStatusReason: reason, app: NamedReference(id: "a1", name: "example"),
            cname: kind == "custom" ? "example.localhost" : nil, createdAt: Answers.time, hostname: host,
            id: "d-\(host)", kind: kind, updatedAt: Answers.time,
            sniEndpoint: endpoint.map { NamedReference(id: "e1", name: $0) })
    }

    private func list(_ count: Int) throws -> [String: [FakePlatform.Reply]] {
        let hosts = (0..<count).map { Self.domain("h\($0).shop.test") }
        return try Scene.with([
            "GET /apps/a1/domains": [
                try .value(
                    [
                        Self.domain("example.localhost", kind: "heroku"),
                        Self.domain("www.shop.test", endpoint: "calm-tor-1"),
                        Self.domain("shop.test"),
                    ] + hosts)
            ]
        ])
    }

    @Test("is listed in Heroku's table, filtered, sorted, and as CSV")
    func listed() async throws {
        try await FakePlatform.with(try list(0)) { platform in
            let table = try await platform.paas("domains", "-a", "example")
            #expect(
                table.output == """
                    === example Heroku Domain

                    example.localhost

                    === example Custom Domains

                      Domain Name     DNS Record Type   DNS Target          SNI Endpoint
                     ────────────────────────────────────────────────────────────────────
                      shop.test       ALIAS or ANAME    example.localhost
                      www.shop.test   CNAME             example.localhost   calm-tor-1

                    """)
            let csv = try await platform.paas(
                "domains", "-a", "example", "--csv", "--columns", "domain name,DNS Target", "--sort", "-Domain Name")
            #expect(
                csv.output
                    == "Domain Name,DNS Target\nwww.shop.test,example.localhost\nshop.test,example.localhost\n")
            let filtered = try await platform.paas("domains", "-a", "example", "--csv", "--filter", "name=www")
            #expect(filtered.code == 2 && filtered.errors.contains("There is no column name; there are Domain Name"))
            let right = try await platform.paas("domains", "-a", "example", "--csv", "--filter", "Domain Name=WWW")
            #expect(right.output.split(separator: "\n").count == 2)
        }
    }

    @Test("is listed with what stands of its certificate when asked for more")
    func extended() async throws {
        let domains = [
            Self.domain("www.shop.test", acm: "cert issued"),
            Self.domain("www.example.com", acm: "failed", reason: "No names of the world."),
        ]
        try await FakePlatform.with(try Scene.with(["GET /apps/a1/domains": [try .value(domains)]])) { platform in
            let csv = try await platform.paas(
                "domains", "-a", "example", "-x", "--csv", "--columns", "Domain Name,ACM Status,ACM Status Reason")
            #expect(
                csv.output == """
                    Domain Name,ACM Status,ACM Status Reason
                    www.example.com,failed,No names of the world.
                    www.shop.test,cert issued,

                    """)
            let table = try await platform.paas("domains", "-a", "example", "--extended", "--no-wrap")
            #expect(table.output.contains("SNI Endpoint   ACM Status    ACM Status Reason"), "\(table)")
        }
    }

    @Test("is added with what makes its name lead here, only where it does not")
    func added() async throws {
        let tools = try Scratch.folder("paas-tools")
        defer { try? FileTree.remove(tools) }
        let getent = """
            #!/bin/sh
            case "$2" in
                here.shop.test) echo "127.0.0.1 STREAM here.shop.test" ;;
                www.example.com) echo "192.0.2.7 STREAM www.example.com" ;;
                *) exit 2 ;;
            esac

            """
        try FileTree.write(Array(getent.utf8), to: "\(tools)/getent", mode: 0o755)
        let expected = [
            "here.shop.test": "",
            "www.shop.test": """
            www.shop.test doesn't lead to this machine yet.
            To change that here:
                echo '127.0.0.1 www.shop.test' | sudo tee -a /etc/hosts

            """,
            "*.shop.test": """
            Names below shop.test don't lead to this machine yet.
            /etc/hosts knows no wildcards, so name each host that you use:
                echo '127.0.0.1 www.shop.test' | sudo tee -a /etc/hosts

            """,
            "www.example.com": """
            www.example.com leads to 192.0.2.7, not to this machine.
            To change that here:
                echo '127.0.0.1 www.example.com' | sudo tee -a /etc/hosts
            For https:// it needs a certificate of yours, because the authority of this machine signs no names of the world:
                paas certs:add CRT KEY -a example

            """,
        ]
        for (host, text) in expected {
            let replies = try Scene.with(["POST /apps/a1/domains": [try .value(Self.domain(host), status: 201)]])
            try await FakePlatform.with(replies) { platform in
                let outcome = try await platform.run(
                    ["domains:add", host, "-a", "example"],
                    environment: ["PATH": "\(tools):\(Programs.systemPath)"])
                #expect(outcome.errors == "Adding \(host) to example... done\n")
                #expect(outcome.output == text)
                #expect(
                    platform.requests.last
                        == #"POST /apps/a1/domains {"hostname":"\#(host)","sni_endpoint":null}"#)
            }
        }
    }

    @Test("is removed, alone or with all others, waited for, shown, and given another certificate")
    func changed() async throws {
        var replies = try list(0)
        let one = try FakePlatform.Reply.value(Self.domain("www.shop.test", endpoint: "calm-tor-1"))
        for key in ["d-www.shop.test", "d-shop.test", "www.shop.test"] {
            replies["DELETE /apps/a1/domains/\(key)"] = [one]
        }
        replies["GET /apps/a1/domains/www.shop.test"] = [one]
        replies["PATCH /apps/a1/domains/www.shop.test"] = [one]
        try await FakePlatform.with(replies) { platform in
            let removed = try await platform.paas("domains:remove", "www.shop.test", "-a", "example")
            #expect(removed.errors == "Removing www.shop.test from example... done\n" && removed.code == 0)
            let cleared = try await platform.paas("domains:clear", "-a", "example")
            #expect(cleared.errors == "Removing all domains from example... done\n")
            #expect(platform.requests.filter { $0.hasPrefix("DELETE") }.count == 3)
            let waited = try await platform.paas("domains:wait", "www.shop.test", "-a", "example")
            #expect(waited.errors == "Waiting for www.shop.test... done\n")
            let updated = try await platform.paas(
                "domains:update", "www.shop.test", "--cert", "calm-tor-1", "-a", "example")
            #expect(updated.errors == "Updating www.shop.test to use calm-tor-1 certificate... done\n")
            let shown = try await platform.paas("domains:info", "www.shop.test", "-a", "example")
            #expect(
                shown.output == """
                    app:          example
                    cname:        example.localhost
                    created_at:   2020-01-02T03:04:05Z
                    hostname:     www.shop.test
                    kind:         custom
                    sni_endpoint: calm-tor-1
                    status:       none

                    """)
        }
    }
}
