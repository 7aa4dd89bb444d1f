import Testing

/// A command, what the platform answers, and all that the person sees.
struct Scene: Sendable, CustomTestStringConvertible {
    var words: [String]
    var replies: [String: [FakePlatform.Reply]]
    var output = ""
    var errors = ""
    var code: Int32 = 0

    var testDescription: String { words.joined(separator: " ") }

    static func all() throws -> [Scene] { try apps() + config() + releases() + processes() + others() }

    static func with(_ replies: [String: [FakePlatform.Reply]]) throws -> [String: [FakePlatform.Reply]] {
        try ["GET /apps/example": [.value(Answers.app())]].merging(replies) { $1 }
    }

    static func apps() throws -> [Scene] {
        [
            Scene(
                words: ["create", "example"], replies: ["POST /apps": [try .value(Answers.app(), status: 201)]],
                output: "http://example.localhost:8080/ | /home/git/a1.git\n", errors: "Creating example... done\n"),
            Scene(
                words: ["create"], replies: ["POST /apps": [try .value(Answers.app("calm-tor-12345"), status: 201)]],
                output: "http://calm-tor-12345.localhost:8080/ | /home/git/a1.git\n",
                errors: "Creating app... done, calm-tor-12345\n"),
            Scene(
                words: ["create", "taken"],
                replies: [
                    "POST /apps": [
                        .json(
                            #"{"id":"invalid_params","message":"Name taken is already taken","mend":["paas create"]}"#,
                            status: 422)
                    ]
                ],
                errors: """
                    Creating taken... !
                     ›   Error: Name taken is already taken
                     ›
                     ›   Error ID: invalid_params
                     ›
                     ›   What helps:
                     ›     paas create

                    """, code: 1),
            Scene(
                words: ["apps"],
                replies: ["GET /apps": [try .value([Answers.app("two", id: "a2"), Answers.app("one")])]],
                output: "=== me@localhost Apps\n\none\ntwo\n\n"),
            Scene(words: ["list"], replies: ["GET /apps": [.json("[]")]], output: "You have no apps.\n"),
            Scene(
                words: ["info", "-a", "example"],
                replies: try with([
                    "GET /apps/a1/formation": [
                        try .value([Answers.formation("web", 2), Answers.formation("worker", 0)])
                    ]
                ]),
                output: """
                    === example

                    Auto Cert Mgmt: false
                    Git URL:        /home/git/a1.git
                    Web URL:        http://example.localhost:8080/
                    Repo Size:      12 KB
                    Slug Size:      57 MB
                    Owner:          me@localhost
                    Region:         us
                    Dynos:          web: 2
                    Stack:          heroku-24

                    """),
            Scene(
                words: ["apps:info", "example", "-s"],
                replies: try with(["GET /apps/a1/formation": [try .value([Answers.formation("web", 2)])]]),
                output: """
                    auto_cert_mgmt=false
                    addons=
                    collaborators=
                    git_url=/home/git/a1.git
                    web_url=http://example.localhost:8080/
                    repo_size=12 KB
                    slug_size=57 MB
                    owner=me@localhost
                    region=us
                    dynos={"web":2}
                    stack=heroku-24

                    """),
            Scene(
                words: ["apps:destroy", "example", "--confirm", "other"], replies: try with([:]),
                errors: " ›   Error: Confirmation other did not match example. Aborted.\n", code: 1),
        ]
    }

    static func config() throws -> [Scene] {
        let vars = [
            "GET /apps/a1/config-vars": [FakePlatform.Reply.json(#"{"FOO":"bar","DATABASE_URL":"postgres://x"}"#)]
        ]
        return [
            Scene(
                words: ["config", "-a", "example"], replies: try with(vars),
                output: "=== example Config Vars\n\nDATABASE_URL: postgres://x\nFOO:          bar\n"),
            Scene(
                words: ["config", "-a", "example"], replies: try with(["GET /apps/a1/config-vars": [.json("{}")]]),
                output: "=== example Config Vars\n\n\n"),
            Scene(
                words: ["config", "-s", "-a", "example"], replies: try with(vars),
                output: "DATABASE_URL='postgres://x'\nFOO=bar\n"),
            Scene(
                words: ["config:get", "FOO", "GONE", "--app=example"], replies: try with(vars), output: "bar\n\n"),
            Scene(
                words: ["config:get", "GONE", "-j", "-aexample"], replies: try with(vars),
                output: "{\n  \"key\": \"GONE\",\n  \"value\": null\n}\n"),
            Scene(
                words: ["config:set", "FOO=1", "BAR=2=3", "-a", "example"],
                replies: try with([
                    "PATCH /apps/a1/config-vars": [.json(#"{"FOO":"1","BAR":"2=3","X":"y"}"#)],
                    "GET /apps/a1/releases": [try .value([Answers.release(10, "Set FOO, BAR config vars")])],
                ]),
                output: "BAR: 2=3\nFOO: 1\n", errors: "Setting FOO, BAR and restarting example... done, v10\n"),
            Scene(
                words: ["config:set", "FOO", "-a", "example"], replies: [:],
                errors: " ›   Error: FOO is invalid. Must be in the format FOO=bar.\n", code: 1),
            Scene(
                words: ["config:unset", "-a", "example"], replies: [:],
                errors: """
                     ›   Error: Usage: paas config:unset KEY1 [KEY2 ...]
                     ›   Must specify KEY to unset.

                    """, code: 1),
            Scene(
                words: ["config:unset", "FOO", "-a", "example"],
                replies: try with([
                    "PATCH /apps/a1/config-vars": [.json("{}")],
                    "GET /apps/a1/releases": [try .value([Answers.release(11, "Remove FOO config vars")])],
                ]), errors: "Unsetting FOO and restarting example... done, v11\n"),
        ]
    }
}
