import HTTP
import Model
import Platform
import PlatformSupport
import TestSupport
import Testing

@testable import APIServer

@Suite("Every endpoint of v3", .tags(.herokuContract), .timeLimit(.minutes(1)))
struct SchemaTests {
    @Test("is called by a test")
    func complete() {
        let served = APIServer.routes.filter { $0.parts.first != "paas" }
            .map { "\($0.method) /\($0.parts.joined(separator: "/"))" }
        let called = Endpoint.all + Endpoint.unpublished + Endpoint.ofProviders
        #expect(served.sorted() == called.map(\.description).sorted())
    }

    @Test("tells the account's dyno-hours as Heroku's CLI reads them")
    func quota() async throws {
        try await Door.with { door in
            _ = try await door.stage.deployed("contract", ["web": "serve"])
            for account in ["~", "you@localhost"] {
                let reply = try await door.ask("GET", "/accounts/\(account)/actions/get-quota")
                let text = String(decoding: reply.body, as: UTF8.self)
                #expect(reply.status == 200 && text.contains("\"account_quota\":3600000"), "\(reply)")
                #expect(text.contains("\"quota_used\":0") && text.contains("\"apps\":[]"), "\(reply)")
            }
            #expect(try await door.ask("GET", "/accounts/nobody/actions/get-quota").status == 404)
        }
    }

    @Test("answers as the published schema says", arguments: Endpoint.all)
    func shape(_ endpoint: Endpoint) async throws {
        try await Door.with { door in
            let deployed = try await door.stage.deployed("contract", ["web": "serve", "worker": "work"])
            _ = try await door.stage.platform.addDomain(Endpoint.domain, to: deployed.app)
            let shop = try TestCertificate.shop()
            let added = try await door.stage.platform.addCertificate(
                chain: shop.chain, key: shop.key, to: deployed.app)
            let (addon, _) = try await door.stage.platform.createAddon(
                AddonRequest(plan: "cabinet", name: "chest"), for: deployed.app)
            let other = try await door.stage.platform.attach(addon, to: deployed.app, as: "OTHER")
            let path = endpoint.concretePath(
                deployed, certificate: added.endpoint.name, attachment: "\(other.id)")
            let reply = try await door.ask(endpoint.method, path, endpoint.body)
            try #require(reply.status == endpoint.status, "\(reply)")
            #expect(reply.headers["Content-Type"] == "application/json")
            let problems = try PublishedSchema.shared().problems(
                in: reply.body, answering: endpoint.method, "/\(endpoint.path)")
            #expect(problems == [], "\(reply)")
            if endpoint.hasElements { #expect(try reply.json().list?.isEmpty == false) }
        }
    }

    @Test("finds by its id what it finds by its name")
    func identity() async throws {
        try await Door.with { door in
            let deployed = try await door.stage.deployed("contract", ["web": "serve"])
            _ = try await door.stage.platform.addDomain(Endpoint.domain, to: deployed.app)
            let app = "/apps/contract"
            let named = [
                app, "\(app)/releases/3", "\(app)/releases/v3", "\(app)/dynos/web.1", "\(app)/formation/web",
                "\(app)/features/strict", "\(app)/domains/www.shop.test", "\(app)/domains/contract.localhost",
                "/dyno-sizes/basic", "/stacks/heroku-24", "/regions/us",
            ]
            for path in named {
                let byName = try await door.ask("GET", path)
                let id = try #require(try byName.json()["id"]?.text, "\(path) \(byName)")
                let byID = try await door.ask(
                    "GET", path.split(separator: "/").dropLast().map { "/\($0)" }.joined() + "/\(id)")
                #expect(byID.text == byName.text, "\(path)")
            }
            let throughID = try await door.ask("GET", "/apps/\(deployed.app.id)/releases/\(deployed.release.id)")
            #expect(try throughID.json()["version"] == .integer(3))
        }
    }

    @Test("restarts and stops a dyno by its id", arguments: ["DELETE", "POST"])
    func dynoByID(method: String) async throws {
        try await Door.with { door in
            _ = try await door.stage.deployed("contract", ["web": "serve"])
            let id = try #require(try await door.ask("GET", "/apps/contract/dynos/web.1").json()["id"]?.text)
            let path = "/apps/contract/dynos/\(id)" + (method == "POST" ? "/actions/stop" : "")
            #expect(try await door.ask(method, path).status == 202)
            let after = try await door.ask("GET", "/apps/contract/dynos/web.1").json()
            #expect(after["id"]?.text != id)
            #expect(after["state"]?.text == (method == "POST" ? "down" : "up"))
        }
    }

    @Test("names the release that a dyno runs, though a newer one was refused")
    func dynoRelease() async throws {
        try await Door.with(.refusingNewReleases) { door in
            let deployed = try await door.stage.deployed("contract", ["web": "serve"])
            let refused = try await door.ask("PATCH", "/apps/contract/config-vars", #"{"A":"1"}"#)
            #expect(refused.status == 409, "\(refused)")
            let dyno = try await door.ask("GET", "/apps/contract/dynos/web.1").json()
            #expect(dyno["release"]?["id"]?.text == "\(deployed.release.id)")
            let releases = try await door.ask("GET", "/apps/contract/releases")
            #expect(try releases.column("status").last == .string("failed"))
            #expect(try releases.column("current") == [false, false, true, false].map { .bool($0) })
        }
    }
}

extension FakeRuntime {
    /// Only the dynos of release v3 come up.
    static var refusingNewReleases: FakeRuntime {
        FakeRuntime { dyno in dyno.spec.tags["release"] == "3" ? dyno.bind() : dyno.end(.code(3)) }
    }
}

extension Tag {
    @Tag static var herokuContract: Self
}
