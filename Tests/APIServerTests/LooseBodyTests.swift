import Platform
import PlatformSupport
import TestSupport
import Testing

@testable import APIServer

@Suite("A body as real clients send it", .tags(.herokuContract), .timeLimit(.minutes(1)))
struct LooseBodyTests {
    @Test("may have config vars that are no texts")
    func configValues() async throws {
        try await Door.with { door in
            _ = try await door.stage.app("loose", [:])
            let reply = try await door.ask("PATCH", "/apps/loose/config-vars", #"{"A":1,"B":true,"C":1.5,"D":"x"}"#)
            #expect(reply.text == #"{"A":"1","B":"true","C":"1.5","D":"x"}"#)
        }
    }

    @Test("may say 1 and 0 for true and false")
    func flags() async throws {
        try await Door.with { door in
            _ = try await door.stage.app("loose", [:])
            let app = try await door.ask("PATCH", "/apps/loose", #"{"maintenance":1}"#)
            #expect(try app.json()["maintenance"] == .bool(true))
            let feature = try await door.ask("PATCH", "/apps/loose/features/atomic-deploy", #"{"enabled":0}"#)
            #expect(try feature.json()["enabled"] == .bool(false))
        }
    }

    @Test("may have the quantity as text, and the size in any case", arguments: [#""2""#, #""+1""#, "2"])
    func formation(quantity: String) async throws {
        try await Door.with { door in
            _ = try await door.stage.deployed("loose", ["web": "serve"])
            let reply = try await door.ask(
                "PATCH", "/apps/loose/formation",
                #"{"updates":[{"type":"web","quantity":\#(quantity),"size":"standard-1X"}]}"#)
            #expect(try reply.column("quantity") == [.integer(2)], "\(reply)")
            #expect(try reply.column("size") == [.string("Standard-1X")])
        }
    }

    @Test("may give the dyno's size as an object", arguments: [#"{"name":"Standard-2X"}"#, #""standard-2x""#])
    func dynoSize(size: String) async throws {
        try await Door.with { door in
            _ = try await door.stage.deployed("loose", ["web": "serve"])
            let one = try await door.ask("PATCH", "/apps/loose/formation/web", #"{"dyno_size":\#(size)}"#)
            #expect(try one.json()["size"] == .string("Standard-2X"), "\(one)")
            let all = try await door.ask(
                "PATCH", "/apps/loose/formation", #"{"updates":[{"type":"web","dyno_size":\#(size)}]}"#)
            #expect(try all.column("size") == [.string("Standard-2X")], "\(all)")
        }
    }

    @Test("may have null and unknown properties")
    func nulls() async throws {
        try await Door.with { door in
            _ = try await door.stage.deployed("loose", ["web": "serve"])
            let reply = try await door.ask(
                "POST", "/apps/loose/dynos", #"{"command":"bash","size":null,"checksum":null,"whatever":[1]}"#)
            #expect(reply.status == 201, "\(reply)")
        }
    }
}
