import Model
import Platform
import PlatformSupport
import TestSupport
import Testing

@testable import APIServer

@Suite("An error of the API", .tags(.herokuContract), .timeLimit(.minutes(1)))
struct ErrorTests {
    struct Missing: Sendable {
        let path: String
        let message: String
        let resource: String
    }

    @Test(
        "says what was not found, and of which kind it is",
        arguments: [
            Missing(path: "/apps/nowhere", message: "Couldn't find that app.", resource: "app"),
            Missing(path: "/apps/Not.A.Name", message: "Couldn't find that app.", resource: "app"),
            Missing(path: "/apps/nowhere/config-vars", message: "Couldn't find that app.", resource: "app"),
            Missing(path: "/apps/known/releases/99", message: "Couldn't find that release (99).", resource: "release"),
            Missing(path: "/apps/known/dynos/web.9", message: "Couldn't find that dyno (web.9).", resource: "dyno"),
            Missing(
                path: "/apps/known/formation/nope", message: "Couldn't find that process type (nope).",
                resource: "formation"),
            Missing(
                path: "/apps/known/features/nope", message: "Couldn't find that app feature (nope).",
                resource: "app_feature"),
            Missing(path: "/apps/known/builds/nope", message: "Couldn't find that build (nope).", resource: "build"),
            Missing(path: "/apps/known/slugs/nope", message: "Couldn't find that slug (nope).", resource: "slug"),
            Missing(path: "/dyno-sizes/huge", message: "Couldn't find that dyno size (huge).", resource: "dyno_size"),
            Missing(path: "/stacks/nope", message: "Couldn't find that stack (nope).", resource: "stack"),
            Missing(path: "/regions/mars", message: "Couldn't find that region (mars).", resource: "region"),
        ])
    func missing(_ missing: Missing) async throws {
        try await Door.with { door in
            _ = try await door.stage.deployed("known", ["web": "serve"])
            let reply = try await door.ask("GET", missing.path)
            #expect(reply.status == 404)
            let error = try reply.json()
            #expect(error["id"]?.text == "not_found")
            #expect(error["message"]?.text == missing.message)
            #expect(error["resource"]?.text == missing.resource)
        }
    }

    @Test(
        "names an endpoint that is not there",
        arguments: [("GET", "/nothing"), ("PUT", "/apps"), ("OPTIONS", "/apps"), ("GET", "/paas/v1/nothing")])
    func unknownEndpoint(method: String, path: String) async throws {
        try await Door.with { door in
            let reply = try await door.ask(method, path)
            #expect(reply.status == 404)
            #expect(
                try reply.json()["message"]?.text == "The requested API endpoint was not found: \(method) \(path)")
            #expect(try reply.json()["resource"] == nil)
        }
    }

    @Test(
        "refuses a bad name in Heroku's words",
        arguments: [
            ("ab", "Name is too short (minimum is 3 characters)"),
            ("a234567890123456789012345678901", "Name is too long (maximum is 30 characters)"),
            (
                "Upper",
                "Name must start with a letter, end with a letter or digit and can only contain lowercase letters,"
                    + " digits, and dashes."
            ),
            ("taken", "Name taken is already taken"),
            ("api", "Name api is already taken"),
        ], ["POST", "PATCH"])
    func names(_ pair: (name: String, message: String), method: String) async throws {
        try await Door.with { door in
            _ = try await door.stage.app("taken", [:])
            _ = try await door.stage.platform.createApp(name: "other")
            let reply = try await door.ask(
                method, method == "POST" ? "/apps" : "/apps/other", #"{"name":"\#(pair.name)"}"#)
            #expect(reply.status == 422)
            #expect(try reply.json()["id"]?.text == "invalid_params")
            #expect(try reply.json()["message"]?.text == pair.message)
        }
    }

    @Test(
        "tells where a body is wrong",
        arguments: [
            ("PATCH", "/apps/known/config-vars", #"{"A":"#, "It is no JSON."),
            ("PATCH", "/apps/known/config-vars", #"["A"]"#, "It is of another kind than this endpoint takes."),
            (
                "PATCH", "/apps/known/config-vars", #"{"A":{"b":"c"}}"#,
                "`A` is of another kind than this endpoint takes."
            ),
            ("PATCH", "/apps/known/formation", "{}", "`updates` is missing."),
            (
                "PATCH", "/apps/known/formation", #"{"updates":[{"quantity":1}]}"#, "`updates[0].type` is missing."
            ),
            (
                "PATCH", "/apps/known/formation", #"{"updates":[{"type":"web","quantity":"many"}]}"#,
                "`updates[0].quantity` has a value that can't be used."
            ),
            ("PATCH", "/apps/known/features/strict", "{}", "`enabled` is missing."),
            ("POST", "/apps/known/dynos", "", "`command` is missing."),
        ])
    func body(_ method: String, _ path: String, _ body: String, _ reason: String) async throws {
        try await Door.with { door in
            _ = try await door.stage.deployed("known", ["web": "serve"])
            let reply = try await door.ask(method, path, body)
            #expect(reply.status == 400, "\(reply)")
            #expect(try reply.json()["id"]?.text == "bad_request")
            #expect(try reply.json()["message"]?.text == "The request's body can't be read: \(reason)")
        }
    }

    @Test(
        "never holds a config var's value",
        arguments: [
            #"{"1BAD":"hunter2"}"#, #"{"HEROKU_X":"hunter2"}"#, #"{"A":"hunter2\u0000"}"#, #"{"A":["hunter2"]}"#,
            #"{"A":"hunter2"#, #"{"A":hunter2}"#, #"{"A":"hunter2" "B"}"#,
            #"{"A":"hunter2","B":"\#(String(repeating: "b", count: 65_536))"}"#,
        ])
    func secrets(body: String) async throws {
        try await Door.with { door in
            _ = try await door.stage.deployed("known", ["web": "serve"])
            let reply = try await door.ask("PATCH", "/apps/known/config-vars", body)
            #expect([400, 422].contains(reply.status), "\(reply)")
            #expect(!reply.text.contains("hunter"))
            #expect(try await door.ask("GET", "/apps/known/config-vars").text == "{}")
        }
    }

    @Test("holds no config var's value when the dynos do not start with it")
    func refusedSecret() async throws {
        try await Door.with(.refusingNewReleases) { door in
            _ = try await door.stage.deployed("known", ["web": "serve"])
            let reply = try await door.ask("PATCH", "/apps/known/config-vars", #"{"A":"hunter2"}"#)
            #expect(reply.status == 409)
            #expect(try reply.json()["id"]?.text == "conflict")
            #expect(!reply.text.contains("hunter"))
        }
    }

    @Test("says why nothing can run where nothing is deployed")
    func notDeployed() async throws {
        try await Door.with { door in
            _ = try await door.stage.app("empty", [:])
            let reply = try await door.ask("POST", "/apps/empty/dynos", #"{"command":"bash"}"#)
            #expect(reply.status == 422)
            #expect(
                try reply.json()["message"]?.text == "Couldn't run on empty: No code has been deployed to it.")
        }
    }

    @Test("turns an account that has logged out away")
    func loggedOut() async throws {
        try await Door.with { door in
            #expect(try await door.ask("POST", "/paas/v1/logout").status == 204)
            let reply = try await door.ask("GET", "/account")
            #expect(reply.status == 401)
            #expect(try reply.json()["message"]?.text == "Invalid credentials provided.")
        }
    }
}
