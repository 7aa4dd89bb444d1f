import HTTP
import Model
import PlatformSupport
import TestSupport
import Testing

@testable import APIServer

@Suite("An answer of the API", .tags(.herokuContract), .timeLimit(.minutes(1)))
struct AnswerTests {
    @Test("is not sent again to a client that has it")
    func entityTag() async throws {
        try await Door.with { door in
            _ = try await door.stage.app("tagged", [:])
            let first = try await door.ask("GET", "/apps/tagged")
            let tag = try #require(first.headers["ETag"])
            for known in [tag, "\"other\", W/\(tag)", "*"] {
                let again = try await door.ask("GET", "/apps/tagged", nil, ["If-None-Match": known])
                #expect(again.status == 304)
                #expect(again.body == [])
                #expect(again.headers["ETag"] == tag)
            }
            _ = try await door.ask("PATCH", "/apps/tagged", #"{"maintenance":true}"#)
            let changed = try await door.ask("GET", "/apps/tagged", nil, ["If-None-Match": tag])
            #expect(changed.status == 200)
            #expect(changed.headers["ETag"] != tag)
        }
    }

    @Test("to a change with If-Match is 412 when the client has seen something else")
    func precondition() async throws {
        try await Door.with { door in
            _ = try await door.stage.app("tagged", [:])
            let tag = try #require(try await door.ask("GET", "/apps/tagged").headers["ETag"])
            let refused = try await door.ask("PATCH", "/apps/tagged", #"{"name":"no"}"#, ["If-Match": "\"old\""])
            #expect(refused.status == 412)
            #expect(try refused.json()["id"]?.text == "precondition_failed")
            let body = #"{"maintenance":true}"#
            #expect(try await door.ask("PATCH", "/apps/tagged", body, ["If-Match": tag]).status == 200)
            #expect(try await door.ask("PATCH", "/apps/tagged", body, ["If-Match": tag]).status == 412)
        }
    }

    @Test("has an id of its own, whatever became of the request")
    func requestID() async throws {
        try await Door.with { door in
            let replies = [
                try await door.ask("GET", "/apps", nil, ["Request-Id": "a,b"]), try await door.ask("GET", "/nothing"),
                try await door.askRouted("GET", "/apps", token: nil),
                try await door.ask("POST", "/apps", "{"),
            ]
            let ids = replies.compactMap { $0.headers["Request-Id"] }
            #expect(Set(ids).count == replies.count)
            #expect(ids.allSatisfy { Identifier<Door>($0) != nil })
            #expect(replies.allSatisfy { $0.headers["RateLimit-Remaining"] == "4500" })
        }
    }

    @Test("that streams has its id as well")
    func streamed() async throws {
        try await Door.with { door in
            _ = try await door.stage.app("logged", [:])
            let session = try await door.ask("POST", "/apps/logged/log-sessions", "{}").json()
            let url = try #require(session["logplex_url"]?.text)
            let log = try await door.ask("GET", String(url.dropFirst("http://localhost".count)))
            #expect(log.headers["Request-Id"] != nil)
            #expect(log.headers["Content-Type"] == "text/plain; charset=utf-8")
            #expect(log.text.contains("app[api]: Initial release by user"))
        }
    }

    @Test("to HEAD is that to GET without its body")
    func head() async throws {
        try await Door.with { door in
            _ = try await door.stage.app("headed", [:])
            let whole = try await door.ask("GET", "/apps/headed")
            let head = try await door.ask("HEAD", "/apps/headed")
            #expect(head.status == 200)
            #expect(head.body == [])
            #expect(head.headers["ETag"] == whole.headers["ETag"])
            #expect(head.headers["Content-Length"] == "\(whole.body.count)")
            #expect(try await door.ask("HEAD", "/apps/nowhere").status == 404)
        }
    }

    @Test("to a POST that means another method is that method's")
    func override() async throws {
        try await Door.with { door in
            _ = try await door.stage.app("overridden", [:])
            let reply = try await door.ask(
                "POST", "/apps/overridden", #"{"maintenance":true}"#, ["X-HTTP-Method-Override": "PATCH"])
            #expect(try reply.json()["maintenance"] == .bool(true), "\(reply)")
        }
    }

    @Test(
        "is the same for every variant of version 3",
        arguments: [
            "application/vnd.heroku+json; version=3", "application/vnd.heroku+json; version=3.sdk",
            "application/vnd.heroku+json;version=3.cedar-acm", "application/vnd.heroku+json; version=\"3\"",
            "text/html, application/vnd.heroku+json; version=3; q=0.5",
        ])
    func variants(accept: String) async throws {
        try await Door.with { door in
            let reply = try await door.ask("GET", "/apps", nil, ["Accept": accept])
            #expect(reply.status == 200)
            #expect(reply.headers["Warning-Message"] == nil)
        }
    }

    @Test(
        "to another version is 406",
        arguments: [
            "application/vnd.heroku+json; version=2", "application/vnd.heroku+json; version=30",
            "application/vnd.heroku+json",
        ])
    func otherVersion(accept: String) async throws {
        try await Door.with { door in
            let reply = try await door.ask("GET", "/apps", nil, ["Accept": accept])
            #expect(reply.status == 406)
            #expect(try reply.json()["id"]?.text == "not_acceptable")
        }
    }

    @Test("to a client that names no version comes with a remark", arguments: ["*/*", "application/json"])
    func noVersion(accept: String) async throws {
        try await Door.with { door in
            let reply = try await door.ask("GET", "/apps", nil, ["Accept": accept])
            #expect(reply.status == 200)
            #expect(
                reply.headers["Warning-Message"]
                    == "Heroku wants the header Accept: application/vnd.heroku+json; version=3")
        }
    }
}
