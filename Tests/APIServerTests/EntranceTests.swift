import FoundationEssentials
import HTTP
import Model
import Platform
import PlatformSupport
import TestSupport
import Testing

@testable import APIServer

@Suite("The entrance through the router", .timeLimit(.minutes(1)))
struct EntranceTests {
    @Test("opens to the token, as Bearer or as the password of Basic, and to nothing else")
    func credentials() async throws {
        try await Door.with { door in
            let token = try await door.stage.platform.token()
            func basic(_ pair: String) -> String { "Basic \(Data(pair.utf8).base64EncodedString())" }
            for good in ["Bearer \(token)", "bearer \(token)", basic(":\(token)"), basic("me@localhost:\(token)")] {
                #expect(try await door.askRouted("GET", "/apps", token: good).status == 200, "\(good)")
            }
            let bad = [
                nil, "Bearer ", "Bearer wrong", "Bearer \(token)x", "Bearer \(token.dropLast())", token,
                basic("\(token):"), basic(token), "Basic \(token)", "Digest \(token)",
            ]
            for header in bad {
                let reply = try await door.askRouted("GET", "/apps", token: header)
                #expect(reply.status == 401, "\(header ?? "none")")
                #expect(try reply.json()["id"]?.text == "unauthorized")
                #expect(try reply.json()["message"]?.text == "Invalid credentials provided.")
                #expect(!reply.text.contains(token))
            }
        }
    }

    @Test(
        "is closed to other host names, so that a name that is bound anew leads nowhere",
        arguments: [
            "evil.example", "localhost", "127.0.0.1:8080", "api.localhost.evil.example", "xapi.localhost", "",
        ])
    func host(_ host: String) async throws {
        try await Door.with { door in
            let token = try await door.stage.platform.token()
            let reply = try await door.askRouted("GET", "/apps", token: "Bearer \(token)", host: host)
            #expect([400, 404].contains(reply.status), "\(reply)")
            #expect(!reply.text.contains("[]"))
        }
    }

    @Test(
        "is open to its own host name in any case, with or without a port",
        arguments: ["api.localhost", "API.localhost:80"])
    func ownHost(_ host: String) async throws {
        try await Door.with { door in
            let token = try await door.stage.platform.token()
            #expect(try await door.askRouted("GET", "/apps", token: "Bearer \(token)", host: host).status == 200)
        }
    }

    @Test(
        "is closed to web pages, even of its own host and with the token",
        arguments: ["http://evil.example", "null", "http://api.localhost:8080", ""], ["GET", "POST", "OPTIONS"])
    func origin(_ origin: String, method: String) async throws {
        try await Door.with { door in
            let token = try await door.stage.platform.token()
            let reply = try await door.askRouted(
                method, "/apps", token: "Bearer \(token)",
                ["Origin": origin, "Access-Control-Request-Method": "POST"])
            #expect(reply.status == 403, "\(reply)")
            #expect(try reply.json()["id"]?.text == "forbidden")
            #expect(reply.headers.list.allSatisfy { !$0.name.lowercased().hasPrefix("access-control") })
            #expect(try await door.stage.platform.apps().isEmpty)
        }
    }

    @Test("asks for the token at every endpoint, also those that v3 does not have")
    func everywhere() async throws {
        try await Door.with { door in
            for route in APIServer.routes {
                let path = "/" + route.parts.map { $0.hasPrefix(":") ? "x" : $0 }.joined(separator: "/")
                let reply = try await door.askRouted(route.method, path, token: nil)
                #expect(reply.status == 401, "\(path)")
            }
        }
    }

    @Test("is not needed by the owner, whose socket asks for no token")
    func owner() async throws {
        try await Door.with { door in
            #expect(try await door.ask("GET", "/apps").status == 200)
            let token = try await door.ask("GET", "/paas/v1/token").json()["token"]?.text
            #expect(token == (try await door.stage.platform.token()))
        }
    }

    @Test("is no way around the owner's socket, which asks the kernel who is there")
    func stranger() async throws {
        try await Door.with { door in
            let reply = try await door.askAsStranger("GET", "/apps")
            #expect(reply.status == 403)
            #expect(try reply.json()["id"]?.text == "forbidden")
        }
    }

    @Test("is passed by the URLs that answers name, without the token, and by nothing made of them")
    func links() async throws {
        try await Door.with { door in
            let token = try await door.stage.platform.token()
            let (app, _) = try await door.stage.app("linked", ["web": "serve"])
            let url = try await door.askRouted(
                "POST", "/apps/linked/log-sessions", token: "Bearer \(token)"
            ).json()["logplex_url"]?.text
            let path = try #require(
                url.flatMap { $0.split(separator: "http://api.localhost:8080").first }.map(String.init))
            #expect(path.hasPrefix("/paas/v1/log-sessions/"), "\(url ?? "none")")
            #expect(!path.contains(token))

            for stolen in [
                path.replacing("/paas/v1/log-sessions/", with: "/paas/v1/apps/\(app.id)/"),
                path.replacing("key=", with: "key=0"), String(path.dropLast()), path.split(separator: "?")[0] + "?key=",
                "/apps?" + path.split(separator: "?")[1],
            ] {
                #expect(try await door.askRouted("GET", stolen, token: nil).status == 401, "\(stolen)")
            }
            for method in ["POST", "DELETE"] {
                #expect(try await door.askRouted(method, path, token: nil).status == 401)
            }
            let page = try await door.askRouted("GET", path, token: nil, ["Origin": "http://evil.example"])
            #expect(page.status == 403)

            let lines = try await door.askRouted("GET", path, token: nil)
            #expect(lines.status == 200, "\(lines)")
            #expect(lines.text.contains("app[api]: "), "\(lines)")
        }
    }

    @Test("tells the owner's socket URLs of its own, which need no key")
    func ownLinks() async throws {
        try await Door.with { door in
            _ = try await door.stage.app("linked", ["web": "serve"])
            let url = try await door.ask("POST", "/apps/linked/log-sessions").json()["logplex_url"]?.text
            #expect(url?.hasPrefix("http://localhost/paas/v1/log-sessions/") == true, "\(url ?? "none")")
            #expect(url?.contains("key") == false)
        }
    }

    @Test("gives a log session's lines as events to a client that reads them")
    func events() async throws {
        try await Door.with { door in
            _ = try await door.stage.app("linked", ["web": "serve"])
            let url = try await door.ask("POST", "/apps/linked/log-sessions").json()["logplex_url"]?.text ?? ""
            let path = url.replacing("http://localhost", with: "")
            let reply = try await door.ask("GET", path, nil, ["Accept": "text/event-stream"])
            #expect(reply.headers["Content-Type"] == "text/event-stream")
            #expect(reply.text.hasPrefix("id: 1\ndata: "), "\(reply)")
            #expect(reply.text.hasSuffix("\n\n"))
        }
    }
}
