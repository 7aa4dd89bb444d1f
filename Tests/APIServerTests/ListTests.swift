import HTTP
import Platform
import PlatformSupport
import TestSupport
import Testing

@testable import APIServer

@Suite("A list", .tags(.herokuContract), .timeLimit(.minutes(1)))
struct ListTests {
    @Test("that is whole says what it can be ordered by, and that there is no more")
    func whole() async throws {
        try await Door.with { door in
            _ = try await door.stage.deployed("listed", ["web": "serve"])
            let reply = try await door.ask("GET", "/apps/listed/releases")
            #expect(reply.status == 200)
            #expect(try reply.column("version") == [.integer(1), .integer(2), .integer(3)])
            #expect(reply.headers["Accept-Ranges"] == "id, version")
            let ids = try reply.column("id").compactMap(\.text)
            #expect(reply.headers["Content-Range"] == "id \(ids[0])..\(ids[2]); max=200")
            #expect(reply.headers["Next-Range"] == nil)
        }
    }

    @Test("that is cut short is 206, and its Next-Range leads to the rest")
    func paging() async throws {
        try await Door.with { door in
            for number in 1...5 { _ = try await door.stage.platform.createApp(name: "app-\(number)") }
            var range = "name ..; max=2"
            var pages: [[String]] = []
            var statuses: [Int] = []
            while true {
                let reply = try await door.ask("GET", "/apps", nil, ["Range": range])
                pages.append(try reply.names())
                statuses.append(reply.status)
                guard let next = reply.headers["Next-Range"] else { break }
                range = next
            }
            #expect(pages == [["app-1", "app-2"], ["app-3", "app-4"], ["app-5"]])
            #expect(statuses == [206, 206, 200])
            #expect(range == "name ]app-4..; max=2")
        }
    }

    @Test("is read to its end by ids, in either order", arguments: ["id ..; max=1", "id ..; order=desc,max=1"])
    func pagingByID(first: String) async throws {
        try await Door.with { door in
            for number in 1...3 { _ = try await door.stage.platform.createApp(name: "app-\(number)") }
            var range: String? = first
            var names: [String] = []
            while let wanted = range {
                let reply = try await door.ask("GET", "/apps", nil, ["Range": wanted])
                names += try reply.names()
                range = reply.headers["Next-Range"]
            }
            #expect(names == (first.contains("desc") ? ["app-3", "app-2", "app-1"] : ["app-1", "app-2", "app-3"]))
        }
    }

    @Test(
        "takes every spelling of a range that real clients send",
        arguments: [
            ("version ..; order=desc,max=1", [3], "version 3..3; order=desc,max=1"),
            ("version ..; max=15, order=desc", [3, 2, 1], "version 3..1; order=desc,max=15"),
            ("version ..; order=desc", [3, 2, 1], "version 3..1; order=desc,max=200"),
            ("version ..; max=20, , order=desc", [3, 2, 1], "version 3..1; order=desc,max=20"),
            ("id ..; max=1000;", [1, 2, 3], nil),
            ("id ..; ;", [1, 2, 3], nil),
            ("domain ..; ;", [1, 2, 3], nil),
            ("number ..; order=desc,max=1", [3], nil),
            ("version 2..", [2, 3], "version 2..3; max=200"),
            ("version ]2..; order=desc", [1], "version 1..1; order=desc,max=200"),
            ("version 1..2", [1, 2], "version 1..2; max=200"),
            ("version ]3..", [], "version ..; max=200"),
            ("version ..; max=5000", [1, 2, 3], "version 1..3; max=1000"),
            ("bytes=0-5", [1, 2, 3], nil),
            ("", [1, 2, 3], nil),
        ] as [(String, [Int], String?)])
    func spellings(_ range: String, _ versions: [Int], _ contentRange: String?) async throws {
        try await Door.with { door in
            _ = try await door.stage.deployed("listed", ["web": "serve"])
            let reply = try await door.ask("GET", "/apps/listed/releases", nil, ["Range": range])
            #expect(try reply.column("version") == versions.map { .integer($0) }, "\(reply)")
            if let contentRange { #expect(reply.headers["Content-Range"] == contentRange) }
            #expect(reply.status == (range.contains("max=1") && versions.count == 1 ? 206 : 200))
        }
    }

    @Test(
        "refuses a range that cannot be",
        arguments: ["version ..; max=0", "version ..; max=many", "version ..; order=up", "version x..", "id nowhere.."])
    func bad(range: String) async throws {
        try await Door.with { door in
            _ = try await door.stage.deployed("listed", ["web": "serve"])
            let reply = try await door.ask("GET", "/apps/listed/releases", nil, ["Range": range])
            #expect(reply.status == 416, "\(reply)")
            #expect(try reply.json()["id"]?.text == "requested_range_not_satisfiable")
        }
    }

    @Test("may be empty")
    func empty() async throws {
        try await Door.with { door in
            let reply = try await door.ask("GET", "/apps")
            #expect(reply.status == 200)
            #expect(reply.text == "[]")
            #expect(reply.headers["Content-Range"] == "id ..; max=200")
        }
    }

    @Test("comes by name where apps, and by number where dynos are listed")
    func order() async throws {
        try await Door.with { door in
            for name in ["zebra", "aardvark"] { _ = try await door.stage.platform.createApp(name: name) }
            #expect(try await door.ask("GET", "/apps").names() == ["aardvark", "zebra"])
            _ = try await door.stage.deployed("listed", ["web": "serve"])
            _ = try await door.ask("PATCH", "/apps/listed/formation/web", #"{"quantity":11}"#)
            let dynos = try await door.ask("GET", "/apps/listed/dynos").names()
            #expect(dynos == (1...11).map { "web.\($0)" })
        }
    }
}
