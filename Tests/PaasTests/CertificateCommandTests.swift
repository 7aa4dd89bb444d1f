import APISchema
import Posix
import TestSupport
import Testing

@Suite("A certificate at the keyboard", .timeLimit(.minutes(1)))
struct CertificateCommandTests {
    private static func endpoint(_ name: String = "calm-tor-1", domains: [String] = []) -> SNIEndpointResource {
        SNIEndpointResource(
            certificateChain: "-----BEGIN CERTIFICATE-----", createdAt: Answers.time, id: "e1", name: name,
            updatedAt: Answers.time, domains: domains, app: NamedReference(id: "a1", name: "example"),
            sslCert: CertificateDetails(
                isCASigned: false, certDomains: ["www.shop.test", "*.shop.test"], expiresAt: "2030-01-02T03:04:05Z",
                issuer: "CN=www.shop.test", isSelfSigned: true, startsAt: "2020-01-02T03:04:05Z",
                subject: "CN=www.shop.test", id: "c1"))
    }

    private static let details = """
        Certificate details:
        Common Name(s): www.shop.test
                        *.shop.test
        Expires At:     2030-01-02 03:04 UTC
        Issuer:         CN=www.shop.test
        Starts At:      2020-01-02 03:04 UTC
        Subject:        CN=www.shop.test
        SSL certificate is self signed.

        """

    @Test("is listed in Heroku's table, or its absence is said with what to type")
    func listed() async throws {
        try await FakePlatform.with(
            try Scene.with(["GET /apps/a1/sni-endpoints": [try .value([Self.endpoint()]), .json("[]")]])
        ) { platform in
            let listed = try await platform.paas("certs", "-a", "example")
            #expect(
                listed.output == """
                      Name         Common Name(s)               Expires                Trusted   Type
                     ─────────────────────────────────────────────────────────────────────────────────
                      calm-tor-1   www.shop.test, *.shop.test   2030-01-02 03:04 UTC   False     SNI

                    """)
            let none = try await platform.paas("certs", "-a", "example")
            #expect(
                none.output
                    == "example has no SSL certificates.\nUse paas certs:add CRT KEY to add one.\n")
        }
    }

    @Test("is added from two files and given to the domains that it names and that have none")
    func added() async throws {
        let folder = try Scratch.folder("paas-certs")
        defer { try? FileTree.remove(folder) }
        try FileTree.write(Array("chain".utf8), to: "\(folder)/c")
        try FileTree.write(Array("secret".utf8), to: "\(folder)/k")
        let domains = [
            DomainCommandTests.domain("www.shop.test"), DomainCommandTests.domain("a.shop.test", endpoint: "other"),
            DomainCommandTests.domain("shop.test"), DomainCommandTests.domain("example.localhost", kind: "heroku"),
        ]
        try await FakePlatform.with(
            try Scene.with([
                "POST /apps/a1/sni-endpoints": [try .value(Self.endpoint(), status: 201)],
                "GET /apps/a1/domains": [try .value(domains), .json("[]")],
                "PATCH /apps/a1/domains/d-www.shop.test": [try .value(domains[0])],
            ])
        ) { platform in
            let added = try await platform.paas("certs:add", "c", "k", "-a", "example", folder: folder)
            #expect(added.errors == "Adding SSL certificate to example... done\n")
            #expect(added.output == Self.details + "\nwww.shop.test is served with it.\n")
            #expect(
                platform.requests.contains(
                    #"POST /apps/a1/sni-endpoints {"certificate_chain":"chain","private_key":"secret"}"#))
            let alone = try await platform.paas("certs:add", "c", "k", "-a", "example", folder: folder)
            #expect(
                alone.output.hasSuffix(
                    "\nNo domain of example is served with it yet. To add one:\n"
                        + "    paas domains:add 'www.shop.test' -a example\n"))
            let missing = try await platform.paas("certs:add", "nope", "k", "-a", "example", folder: folder)
            #expect(missing.code == 1 && missing.errors.hasPrefix(" ›   Error: Couldn't read nope\n"), "\(missing)")
        }
    }

    @Test("is shown, changed and removed, by its name where there are several, and after the app's name was confirmed")
    func changed() async throws {
        let folder = try Scratch.folder("paas-certs")
        defer { try? FileTree.remove(folder) }
        try FileTree.write(Array("chain".utf8), to: "\(folder)/c")
        try FileTree.write(Array("secret".utf8), to: "\(folder)/k")
        let one = try FakePlatform.Reply.value([Self.endpoint(domains: ["d-www.shop.test"])])
        let two = try FakePlatform.Reply.value([Self.endpoint(), Self.endpoint("icy-sea-2")])
        try await FakePlatform.with(
            try Scene.with([
                "GET /apps/a1/sni-endpoints": [one, one, one, one, two],
                "GET /apps/a1/domains": [try .value([DomainCommandTests.domain("www.shop.test")])],
                "PATCH /apps/a1/sni-endpoints/e1": [try .value(Self.endpoint())],
                "DELETE /apps/a1/sni-endpoints/e1": [try .value(Self.endpoint())],
            ])
        ) { platform in
            let info = try await platform.paas("certs:info", "--show-domains", "-a", "example")
            #expect(info.errors == "Fetching SSL certificate calm-tor-1 info for example... done\n")
            #expect(info.output.contains("Domain(s):      www.shop.test\n"))
            let updated = try await platform.paas(
                "certs:update", "c", "k", "-a", "example", "--confirm", "example", folder: folder)
            #expect(updated.errors == "Updating SSL certificate calm-tor-1 for example... done\n")
            #expect(updated.output == Self.details)
            let unsure = try await platform.paas("certs:remove", "-a", "example")
            #expect(unsure.code == 1 && unsure.errors.contains("This command will remove the endpoint calm-tor-1"))
            let removed = try await platform.paas("certs:remove", "-a", "example", "--confirm", "example")
            #expect(removed.errors == "Removing SSL certificate calm-tor-1 from example... done\n")
            let several = try await platform.paas("certs:info", "-a", "example")
            #expect(
                several.errors == """
                     ›   Error: Must pass --name when more than one endpoint
                     ›
                     ›   What helps:
                     ›     --name calm-tor-1
                     ›     --name icy-sea-2

                    """)
        }
    }

    private func automatic(_ domains: [DomainResource], isOn: Bool = true) throws -> [String: [FakePlatform.Reply]] {
        let app = try FakePlatform.Reply.value(Answers.app(acm: isOn))
        return try Scene.with([
            "GET /apps/example": [app], "GET /apps/a1/domains": [try .value(domains)], "POST /apps/a1/acm": [app],
            "PATCH /apps/a1/acm": [app], "DELETE /apps/a1/acm": [app],
        ])
    }

    private static let signed = [
        DomainCommandTests.domain("example.localhost", kind: "heroku"),
        DomainCommandTests.domain("shop.test", acm: "cert issued"),
        DomainCommandTests.domain("www.shop.test", endpoint: "calm-tor-1", acm: "cert issued"),
    ]
    private static let foreign = DomainCommandTests.domain("www.example.com", acm: "failed", reason: "No.")

    @Test("comes by itself for names that nobody can own, which certs:auto says of each domain")
    func status() async throws {
        try await FakePlatform.with(try automatic(Self.signed + [Self.foreign])) { platform in
            let shown = try await platform.paas("certs:auto", "-a", "example")
            #expect(
                shown.output == """
                    === Automatic Certificate Management is enabled on example

                      Domain              Status   Certificate
                     ────────────────────────────────────────────────────────────
                      example.localhost   OK       the authority of this machine
                      shop.test           OK       the authority of this machine
                      www.shop.test       OK       calm-tor-1
                      www.example.com     Failed   none: paas certs:add CRT KEY

                    Clients take what the authority of this machine signs once they know it: paas certs:trust

                    """)
        }
    }

    @Test("is waited for, until each domain has one or one of them will have none")
    func waited() async throws {
        try await FakePlatform.with(try automatic(Self.signed)) { platform in
            for words in [["certs:auto:wait"], ["certs:auto", "--wait"]] {
                let waited = try await platform.run(words + ["-a", "example"])
                #expect(waited.errors == "Waiting until the certificate is issued to all domains... done\n")
                #expect(waited.code == 0)
            }
        }
        try await FakePlatform.with(try automatic(Self.signed + [Self.foreign])) { platform in
            let failed = try await platform.paas("certs:auto:wait", "-a", "example")
            #expect(failed.code == 1)
            #expect(
                failed.errors.contains(
                    "The certificate could not be issued to all domains: www.example.com has none."), "\(failed)")
        }
    }

    @Test("is no longer made by itself once that is disabled, after the app's name was confirmed, until it is enabled")
    func switched() async throws {
        try await FakePlatform.with(try automatic(Self.signed)) { platform in
            let unsure = try await platform.paas("certs:auto:disable", "-a", "example")
            #expect(unsure.code == 1)
            #expect(
                unsure.errors.contains("This command will disable Automatic Certificate Management from example."))
            let off = try await platform.paas("certs:auto:disable", "-a", "example", "--confirm", "example")
            #expect(off.errors == "Disabling Automatic Certificate Management... done\n" && off.code == 0)
            let refreshed = try await platform.paas("certs:auto:refresh", "-a", "example")
            #expect(refreshed.errors == "Refreshing Automatic Certificate Management... done\n")
            let enabled = try await platform.paas("certs:auto:enable", "-a", "example")
            #expect(
                enabled.errors
                    == "Enabling Automatic Certificate Management... starting. See status with paas certs:auto or wait "
                    + "until active with paas certs:auto --wait\n")
            #expect(
                platform.requests.filter { $0.contains("/acm") }.map { $0.split(separator: " ")[0] }
                    == ["DELETE", "PATCH", "POST"])
        }
        try await FakePlatform.with(try automatic(Self.signed, isOn: false)) { platform in
            let shown = try await platform.paas("certs:auto", "-a", "example")
            #expect(shown.output.hasPrefix("=== Automatic Certificate Management is disabled on example\n"))
            #expect(try await platform.paas("certs:auto:wait", "-a", "example").code == 1)
        }
    }

    @Test("is generated with a key that only its owner can read, self-signed or as a request, and never over another")
    func generated() async throws {
        let folder = try Scratch.folder("paas-certs")
        defer { try? FileTree.remove(folder) }
        try await FakePlatform.with([:]) { platform in
            let made = try await platform.paas("certs:generate", "www.shop.test", "--selfsigned", folder: folder)
            #expect(
                made.output == """
                    Your key and self-signed certificate have been generated.
                    Next, run:
                    $ paas certs:add www_shop_test.crt www_shop_test.key

                    """, "\(made)")
            let mode = try await Command(
                ["stat", "-c", "%a", "www_shop_test.key"], environment: ["PATH": Programs.systemPath], folder: folder
            ).run()
            #expect(mode.output == "600\n")
            let again = try await platform.paas("certs:generate", "www.shop.test", folder: folder)
            #expect(again.errors.hasPrefix(" ›   Error: www_shop_test.key is there already.\n"))
            let request = try await platform.paas("certs:generate", "*.shop.test", "--owner", "A/B", folder: folder)
            #expect(request.output.contains("Submit the CSR in 'star_shop_test.csr'"), "\(request)")
        }
    }
}
