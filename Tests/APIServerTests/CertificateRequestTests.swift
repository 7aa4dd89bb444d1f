import Model
import Platform
import PlatformSupport
import Router
import TestSupport
import Testing

@testable import APIServer

@Suite("A certificate of somebody's own", .tags(.herokuContract), .timeLimit(.minutes(1)))
struct CertificateRequestTests {
    private static let app = "/apps/one"

    private func add(_ host: String, _ door: Door, endpoint: String? = nil) async throws -> Reply {
        let endpoint = endpoint.map { "\"\($0)\"" } ?? "null"
        return try await door.ask(
            "POST", "\(Self.app)/domains", #"{"hostname":"\#(host)","sni_endpoint":\#(endpoint)}"#)
    }

    @Test("is shown for the domains that it is given, and for later ones that it names; its key is never told")
    func shown() async throws {
        try await Door.with { door in
            _ = try await door.stage.app("one", [:])
            #expect(try await add("www.shop.test", door).json()["sni_endpoint"] == .null)
            let upload = try TestCertificate.shop().upload
            let added = try await door.ask("POST", "\(Self.app)/sni-endpoints", upload)
            try #require(added.status == 201, "\(added)")
            #expect(!added.text.contains("PRIVATE KEY"))
            #expect(door.stage.router.certificates.isEmpty)
            let name = try #require(try added.json()["name"]?.text)
            let given = try await door.ask(
                "PATCH", "\(Self.app)/domains/www.shop.test", #"{"sni_endpoint":"\#(name)"}"#)
            #expect(try given.json()["sni_endpoint"]?["name"]?.text == name)
            #expect(door.stage.router.certificates.map(\.hosts) == [["www.shop.test"]])
            #expect(try await add("*.shop.test", door).json()["sni_endpoint"]?["name"]?.text == name)
            #expect(door.stage.router.certificates.map(\.hosts) == [["*.shop.test", "www.shop.test"]])
            #expect(try await add("other.test", door).json()["sni_endpoint"] == .null)
            _ = try await door.ask("DELETE", "\(Self.app)/domains/www.shop.test")
            #expect(door.stage.router.certificates.map(\.hosts) == [["*.shop.test"]])
            let list = try await door.ask("GET", "\(Self.app)/sni-endpoints")
            #expect(!list.text.contains("PRIVATE KEY") && list.text.contains("BEGIN CERTIFICATE"))
            #expect(try await door.ask("DELETE", "\(Self.app)/sni-endpoints/\(name)").status == 200)
            #expect(door.stage.router.certificates.isEmpty)
            #expect(try await door.ask("GET", "\(Self.app)/domains/*.shop.test").json()["sni_endpoint"] == .null)
        }
    }

    @Test("is not needed for names that nobody can own, as long as Automatic Certificate Management is on")
    func automatic() async throws {
        try await Door.with { door in
            _ = try await door.stage.deployed("one", ["web": "serve"])
            #expect(try await door.ask("GET", Self.app).json()["acm"] == .bool(true))
            for host in ["other.test", "www.example.com"] { _ = try await add(host, door) }
            func status(_ host: String) async throws -> [JSONValue?] {
                let domain = try await door.ask("GET", "\(Self.app)/domains/\(host)").json()
                return [domain["acm_status"], domain["acm_status_reason"]]
            }
            #expect(try await status("other.test") == [.string("cert issued"), .null])
            #expect(try await status("www.example.com")[0] == .string("failed"))
            #expect(try await status("www.example.com")[1]?.text?.contains("signs no names of the world") == true)
            #expect(try await status("one.localhost") == [.null, .null])

            #expect(try await door.ask("DELETE", "\(Self.app)/acm").json()["acm"] == .bool(false))
            #expect(try await status("other.test") == [.null, .null])
            #expect(door.stage.router.installed.last?.routes["one.localhost"]?.certifiesAliases == false)
            let refused = try await door.ask("PATCH", "\(Self.app)/acm")
            #expect(refused.status == 422 && refused.text.contains("certs:auto:enable"), "\(refused)")

            #expect(try await door.ask("POST", "\(Self.app)/acm", "{}").json()["acm"] == .bool(true))
            #expect(door.stage.router.installed.last?.routes["one.localhost"]?.certifiesAliases == true)
            let installed = door.stage.router.installed.count
            #expect(try await door.ask("PATCH", "\(Self.app)/acm").status == 200)
            #expect(door.stage.router.installed.count == installed + 1)
            #expect(try await status("other.test") == [.string("cert issued"), .null])
        }
    }

    @Test("that does not name a domain is not given to it, and does not take the place of one that does")
    func notCovered() async throws {
        try await Door.with { door in
            _ = try await door.stage.app("one", [:])
            let added = try await door.ask("POST", "\(Self.app)/sni-endpoints", try TestCertificate.shop().upload)
            let name = try #require(try added.json()["name"]?.text)
            for host in ["shop.test", "a.b.shop.test"] {
                let refused = try await add(host, door, endpoint: name)
                #expect(refused.status == 422, "\(refused)")
                #expect(
                    try refused.json()["message"]?.text
                        == "The certificate is not for \(host): It names www.shop.test, *.shop.test.")
            }
            #expect(try await add("www.shop.test", door, endpoint: name).status == 201)
            let other = try TestCertificate.make(["other.test"]).upload
            #expect(try await door.ask("PATCH", "\(Self.app)/sni-endpoints/\(name)", other).status == 422)
            let renewed = try TestCertificate.make(["www.shop.test"])
            let updated = try await door.ask("PATCH", "\(Self.app)/sni-endpoints/\(name)", renewed.upload)
            #expect(updated.status == 200)
            #expect(door.stage.router.certificates.map(\.chainPEM) == [Array(renewed.chain.utf8)])
            let missing = try await add("two.shop.test", door, endpoint: "nope")
            #expect(missing.status == 404)
            #expect(try missing.json()["resource"]?.text == "sni_endpoint")
        }
    }

    @Test("goes with its app")
    func destroyed() async throws {
        try await Door.with { door in
            _ = try await door.stage.app("one", [:])
            _ = try await door.ask("POST", "\(Self.app)/sni-endpoints", try TestCertificate.shop().upload)
            _ = try await add("www.shop.test", door)
            #expect(door.stage.router.certificates.count == 1)
            #expect(try await door.ask("DELETE", Self.app).status == 200)
            #expect(door.stage.router.certificates.isEmpty)
        }
    }
}
