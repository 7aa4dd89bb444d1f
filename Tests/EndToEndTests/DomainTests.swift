import TestSupport
import Testing

extension EndToEnd {
    @Suite("A domain of an app")
    struct DomainTests {
        @Test(
            "answers on the platform's port and over TLS, outlives the platform's end and a rename, and goes with the app",
            .timeLimit(.minutes(5)))
        func life() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("shop", on: platform, files: AppFiles.node("here"))
                try await app.push().orThrow()
                try await app.paas("domains:add", "www.shop.test").orThrow()
                try await app.paas("domains:add", "*.eu.shop.test").orThrow()
                for host in ["www.shop.test", "WWW.shop.test:1", "a.eu.shop.test"] {
                    #expect(try await platform.get(host).body == "here", "\(host)")
                }
                #expect(try await platform.get("shop.test").status == 404)
                for host in ["www.shop.test", "a.eu.shop.test"] {
                    let secure = try await platform.shell(
                        "curl -sS --cacert \"$PAAS_HOME/tls/paas-ca.pem\" --resolve \"$1:$2:127.0.0.1\" https://$1:$2/",
                        host, "\(platform.port)")
                    #expect(secure.output == "here", "\(secure)")
                }
                let inside = try await app.paas("run", "getent hosts www.shop.test")
                #expect(inside.output.contains("127.0.0.1"), "\(inside)")
                let other = try await TestApp("other", on: platform, files: AppFiles.node("other"))
                let refused = try await other.paas("domains:add", "www.shop.test")
                #expect(refused.errors.contains("www.shop.test is currently in use by another app."), "\(refused)")

                try await platform.paas("down").orThrow()
                try await platform.paas("up").orThrow()
                try await app.logsSay("State changed from starting to up")
                try await app.paas("ps:wait").orThrow()
                #expect(try await platform.get("www.shop.test").body == "here")
                try await app.paas("apps:rename", "store").orThrow()
                #expect(try await platform.get("www.shop.test").body == "here")
                let listed = try await app.paas("domains").output
                #expect(listed.contains("store.localhost") && listed.contains("www.shop.test"), "\(listed)")
                try await app.paas("apps:destroy", "-a", "store", "--confirm", "store").orThrow()
                #expect(try await platform.get("www.shop.test").status == 404)
                try await other.paas("domains:add", "www.shop.test").orThrow()
            }
        }

        @Test("and the app's own host get the maintenance page while it is on; dynos and one-off dynos run on")
        func maintenance() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("shop", on: platform, files: AppFiles.node("here"))
                try await app.push().orThrow()
                try await app.paas("domains:add", "www.shop.test").orThrow()
                try await app.paas("config:set", "MAINTENANCE_PAGE_URL=http://127.0.0.1:1/slow").orThrow()
                try await app.paas("maintenance:on").orThrow()
                #expect(try await app.paas("maintenance").output == "on\n")
                for host in [app.host, "www.shop.test"] {
                    let answer = try await platform.get(host)
                    #expect(answer.status == 503 && answer.body.contains("<iframe src=\"http://127.0.0.1:1/slow\""))
                }
                let log = try await app.logsSay("code=H80")
                #expect(
                    log.contains("at=info code=H80 desc=\"Maintenance mode\" method=GET path=\"/\" host=\(app.host)"))
                #expect(try await app.paas("ps").output.contains("web.1: up"))
                #expect(try await app.paas("run", "echo", "still").output.contains("still"))
                try await platform.paas("down").orThrow()
                try await platform.paas("up").orThrow()
                #expect(try await app.get().status == 503)
                try await app.paas("maintenance:off").orThrow()
                #expect(try await app.paas("maintenance").output == "off\n")
                try await app.paas("ps:wait").orThrow()
                #expect(try await app.get().body == "here")
            }
        }
    }
}
