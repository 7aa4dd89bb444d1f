import TestSupport
import Testing

extension EndToEnd {
    @Suite("A certificate of somebody's own")
    struct CertificateTests {
        private func bring(_ certificate: TestCertificate, as name: String, _ platform: TestPlatform) async throws {
            try await platform.shell(
                "umask 077; printf %s \"$2\" > \"$1.crt\"; printf %s \"$3\" > \"$1.key\"", name, certificate.chain,
                certificate.key
            ).orThrow()
        }

        /// What a client gets that trusts nothing but that certificate.
        private func ask(_ host: String, trusting name: String, _ platform: TestPlatform) async throws -> Outcome {
            try await platform.shell(
                "curl -sS --max-time 10 --cacert \"$1.crt\" --resolve \"$2:$3:127.0.0.1\" \"https://$2:$3/\"", name,
                host, "\(platform.port)")
        }

        @Test(
            "is shown to clients of its domains, changes under load without a failed request, and its key shows nowhere",
            .timeLimit(.minutes(5)))
        func life() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("shop", on: platform, files: AppFiles.node("here"))
                try await app.push().orThrow()
                let (first, second) = (
                    try TestCertificate.make(["www.shop.test"]), try TestCertificate.make(["*.shop.test"])
                )
                try await bring(first, as: "\(platform.root)/first", platform)
                try await bring(second, as: "\(platform.root)/second", platform)
                try await app.paas("domains:add", "www.shop.test").orThrow()
                let added = try await app.paas(
                    "certs:add", "\(platform.root)/first.crt", "\(platform.root)/first.key"
                ).orThrow()
                #expect(added.output.contains("www.shop.test is served with it."), "\(added)")
                #expect(try await ask("www.shop.test", trusting: "first", platform).output == "here")
                let swapped = try await app.paas(
                    "certs:add", "\(platform.root)/first.key", "\(platform.root)/first.crt")
                #expect(swapped.errors.contains("The files are the wrong way round."), "\(swapped)")

                let report = try await SteadyRequests.during(platform, "www.shop.test") {
                    for name in ["second", "first", "second"] {
                        try await app.paas(
                            "certs:update", "\(platform.root)/\(name).crt", "\(platform.root)/\(name).key", "--confirm",
                            "shop"
                        ).orThrow()
                        #expect(try await ask("www.shop.test", trusting: name, platform).output == "here", "\(name)")
                    }
                    let daemon = try #require(try await platform.status("pid"))
                    try await platform.shell("kill -9 \"$1\"", daemon).orThrow()
                    #expect(try await ask("www.shop.test", trusting: "second", platform).output == "here")
                    try await platform.paas("apps").orThrow()
                    #expect(try await ask("www.shop.test", trusting: "second", platform).output == "here")
                }
                #expect(report.failures.isEmpty && report.answered > 0, "\(report)")

                // No line of a key in a file of the home that is no database, nor in what the app and clients see.
                let line = try #require(second.key.split(separator: "\n").dropFirst().first)
                let found = try await platform.shell(
                    "grep -rlaF \"$1\" \"$PAAS_HOME\" --exclude='platform.db*'; true", String(line))
                #expect(found.output == "", "\(found)")
                let modes = try await platform.shell("stat -c %a \"$PAAS_HOME\"/platform.db* | sort -u")
                #expect(modes.output == "600\n")
                #expect(!(try await app.paas("certs", "--json").output.contains("PRIVATE KEY")))

                try await app.paas("certs:remove", "--confirm", "shop").orThrow()
                let after = try await platform.shell(
                    "curl -sS --cacert \"$PAAS_HOME/tls/paas-ca.pem\" --resolve \"$1:$2:127.0.0.1\" https://$1:$2/",
                    "www.shop.test", "\(platform.port)")
                #expect(after.output == "here", "\(after)")
            }
        }
    }
}
