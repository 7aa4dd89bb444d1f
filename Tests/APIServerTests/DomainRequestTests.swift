import Model
import Platform
import PlatformSupport
import TestSupport
import Testing

@testable import APIServer

@Suite("A domain", .tags(.herokuContract), .timeLimit(.minutes(1)))
struct DomainRequestTests {
    private func add(_ host: String, to app: String, _ door: Door) async throws -> Reply {
        try await door.ask("POST", "/apps/\(app)/domains", #"{"hostname":"\#(host)","sni_endpoint":null}"#)
    }

    @Test("that another app has, or that the app has already, is refused in Heroku's words")
    func taken() async throws {
        try await Door.with { door in
            _ = try await door.stage.app("one", [:])
            _ = try await door.stage.platform.createApp(name: "other")
            #expect(try await add("www.shop.test", to: "one", door).status == 201)
            let again = try await add("WWW.Shop.Test.", to: "one", door)
            #expect(again.status == 422)
            #expect(try again.json()["message"]?.text == "Domain already added to this app.")
            let foreign = try await add("www.shop.test", to: "other", door)
            #expect(foreign.status == 422)
            #expect(try foreign.json()["message"]?.text == "www.shop.test is currently in use by another app.")
            #expect(try await door.ask("DELETE", "/apps/one/domains/www.shop.test").status == 200)
            #expect(try await add("www.shop.test", to: "other", door).status == 201)
        }
    }

    @Test(
        "that is no name of a host is refused with the reason",
        arguments: [
            ("shop", "It needs at least one dot."), ("http://shop.test", "without a scheme"),
            ("shop.test:8080", "without a scheme"), ("-a.shop.test", "letters, digits and dashes"),
            ("a_b.shop.test", "letters, digits and dashes"), ("*.test", "A wildcard stands for"),
            ("a.*.test", "letters, digits and dashes"), ("münchen.test", "Punycode"), ("127.0.0.1", "An address"),
            ("x.localhost", "the platform's own"), ("*.localhost", "the platform's own"),
            ("localhost", "the platform's own"), ("", "letters, digits and dashes"),
        ])
    func malformed(host: String, reason: String) async throws {
        try await Door.with { door in
            _ = try await door.stage.app("one", [:])
            let reply = try await add(host, to: "one", door)
            #expect(reply.status == 422 && reply.text.contains(reason), "\(reply)")
        }
    }

    @Test("leads to its app at once, stays with it when it is renamed, and goes with it")
    func follows() async throws {
        try await Door.with { door in
            _ = try await door.stage.deployed("one", ["web": "serve"])
            _ = try await add("*.shop.test", to: "one", door)
            #expect(door.stage.router.installed.last?.aliases == ["*.shop.test": "one.localhost"])
            _ = try await door.ask("PATCH", "/apps/one", #"{"name":"two"}"#)
            #expect(door.stage.router.installed.last?.aliases == ["*.shop.test": "two.localhost"])
            let domain = try await door.ask("GET", "/apps/two/domains/*.shop.test").json()
            #expect(domain["cname"]?.text == "two.localhost" && domain["status"]?.text == "none")
            #expect(try await door.ask("DELETE", "/apps/two").status == 200)
            #expect(door.stage.router.installed.last?.aliases == [:])
        }
    }

    @Test("of the platform's own can't be changed, and an unknown one is not found")
    func others() async throws {
        try await Door.with { door in
            _ = try await door.stage.app("one", [:])
            #expect(try await door.ask("DELETE", "/apps/one/domains/one.localhost").status == 403)
            let missing = try await door.ask("GET", "/apps/one/domains/www.shop.test")
            #expect(missing.status == 404)
            #expect(try missing.json()["message"]?.text == "Couldn't find that domain name.")
            #expect(try missing.json()["resource"]?.text == "domain")
        }
    }
}
