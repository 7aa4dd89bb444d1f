import APISchema
import TestSupport
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

    private static func with(_ replies: [String: [FakePlatform.Reply]]) throws -> [String: [FakePlatform.Reply]] {
        try ["GET /apps/example": [.value(Answers.app())]].merging(replies) { $1 }
    }

    private static func apps() throws -> [Scene] {
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

    private static func config() throws -> [Scene] {
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

    private static func releases() throws -> [Scene] {
        let list = try FakePlatform.Reply.value([
            Answers.release(9, "Deploy 1a2b3c4d", status: "failed", output: "/x"),
            Answers.release(10, "Set FOO config vars", current: true),
        ])
        return [
            Scene(
                words: ["releases", "-a", "example"], replies: try with(["GET /apps/a1/releases": [list]]),
                output: """
                    === example Releases - Current: v10

                      v     description                              user           created_at
                     ─────────────────────────────────────────────────────────────────────────────────────────
                      v10   Set FOO config vars                      me@localhost   2020/01/02 03:04:05 +0000
                      v9    Deploy 1a2b3c4d release command failed   me@localhost   2020/01/02 03:04:05 +0000

                    """),
            Scene(
                words: ["releases:info", "v10", "-a", "example"],
                replies: try with([
                    "GET /apps/a1/releases/10": [try .value(Answers.release(10, "Set FOO config vars"))],
                    "GET /apps/a1/releases/10/config-vars": [.json(#"{"FOO":"bar"}"#)],
                ]),
                output: """
                    === Release v10

                    By:                     me@localhost
                    Change:                 Set FOO config vars
                    Eligible for Rollback?: Yes
                    When:                   2020/01/02 03:04:05 +0000

                    === v10 Config vars

                    FOO: bar

                    """),
            Scene(
                words: ["rollback", "-a", "example"],
                replies: try with([
                    "GET /apps/a1/releases": [
                        try .value([
                            Answers.release(8, "Deploy 8"), Answers.release(7, "Deploy 7"),
                            Answers.release(6, "Deploy 6"),
                        ])
                    ],
                    "POST /apps/a1/releases": [try .value(Answers.release(9, "Rollback to v7"), status: 201)],
                ]),
                errors: """
                    Rolling back example to v7... done, v9
                     ›   Warning: Rollback affects code and config vars; it doesn't add or remove addons.
                     ›   Warning: To undo, run: paas rollback v8

                    """),
            Scene(
                words: ["releases:retry", "-a", "example"],
                replies: try with([
                    "GET /apps/a1/releases": [
                        try .value([Answers.release(9, "Deploy 1a2b3c4d")]),
                        try .value([Answers.release(10, "Retry of v9: Deploy 1a2b3c4d")]),
                    ],
                    "POST /paas/v1/apps/a1/releases/9/retry": [.json("{\"result\":\"accepted\"}\n")],
                ]), errors: "Retrying v9 on example... done, v10\n"),
            Scene(
                words: ["releases:output", "v3", "-a", "example"],
                replies: try with(["GET /apps/a1/releases/3": [try .value(Answers.release(3, "Deploy 1"))]]),
                errors: " ›   Warning: Release v3 has no release output available.\n"),
        ]
    }

    private static func processes() throws -> [Scene] {
        [
            Scene(
                words: ["ps", "-a", "example"],
                replies: try with([
                    "GET /apps/a1/dynos": [
                        try .value([
                            Answers.dyno("web.2", "npm start", state: "starting"), Answers.dyno("web.1", "npm start"),
                            Answers.dyno("run.1952", "bash"),
                        ])
                    ]
                ]),
                output: """
                    === run: one-off processes (1)

                    run.1952 (Basic): up 2020/01/02 03:04:05 +0000: bash

                    === web (Basic): npm start (2)

                    web.1: up 2020/01/02 03:04:05 +0000
                    web.2: starting 2020/01/02 03:04:05 +0000


                    """),
            Scene(
                words: ["ps", "-a", "example"], replies: try with(["GET /apps/a1/dynos": [.json("[]")]]),
                output: "No dynos on example\n"),
            Scene(
                words: ["ps", "worker", "-a", "example"], replies: try with(["GET /apps/a1/dynos": [.json("[]")]]),
                errors: " ›   Error: No worker dynos on example\n", code: 1),
            Scene(
                words: ["ps:scale", "web=2:Standard-1X", "worker+1", "-a", "example"],
                replies: try with([
                    "PATCH /apps/a1/formation": [
                        try .value([Answers.formation("web", 2, size: "Standard-1X"), Answers.formation("worker", 1)])
                    ]
                ]), errors: "Scaling dynos... done, now running web at 2:Standard-1X, worker at 1:Basic\n"),
            Scene(
                words: ["scale", "-a", "example"],
                replies: try with([
                    "GET /apps/a1/formation": [
                        try .value([Answers.formation("worker", 0), Answers.formation("web", 1)])
                    ]
                ]), output: "web=1:Basic worker=0:Basic\n"),
            Scene(
                words: ["ps", "scale", "webb=1", "-a", "example"],
                replies: try with([
                    "PATCH /apps/a1/formation": [
                        .json(#"{"id":"not_found","message":"Couldn't find that process type (webb)."}"#, status: 404)
                    ]
                ]),
                errors: """
                    Scaling dynos... !
                     ›   Error: Couldn't find that process type (webb).
                     ›
                     ›   Error ID: not_found

                    """, code: 1),
            Scene(
                words: ["restart", "-a", "example"],
                replies: try with(["DELETE /apps/a1/dynos": [.json("{}", status: 202)]]),
                errors: "Restarting all dynos on example... done\n"),
            Scene(
                words: ["ps:stop", "-p", "web", "-a", "example"],
                replies: try with(["POST /apps/a1/formations/web/actions/stop": [.json("{}", status: 202)]]),
                errors: "Stopping all web dynos on example... done\n"),
            Scene(
                words: ["ps:stop", "-a", "example"], replies: [:],
                errors: """
                     ›   Error: Please specify a process type or dyno name to stop.
                     ›   See more help with --help

                    """, code: 2),
            Scene(
                words: ["ps:type", "-a", "example"],
                replies: try with(["GET /apps/a1/formation": [try .value([Answers.formation("web", 1)])]]),
                output: """
                    === Process Types

                      type   size    qty   cost/hour   max cost/month
                     ─────────────────────────────────────────────────
                      web    Basic   1     free        free

                    === Dyno Totals

                      type    total
                     ───────────────
                      Basic   1

                    """),
            Scene(
                words: ["run:detached", "rake", "db:migrate", "-a", "example"],
                replies: try with([
                    "POST /apps/a1/dynos": [try .value(Answers.dyno("run.1234", "rake db:migrate"), status: 201)]
                ]),
                output: "Run paas logs --app example --dyno run.1234 to view the output.\n",
                errors: "Running rake db:migrate on example... done, run.1234\n"),
        ]
    }

    private static func others() throws -> [Scene] {
        [
            Scene(
                words: ["features", "-a", "example"],
                replies: try with([
                    "GET /apps/a1/features": [
                        try .value([Answers.feature("strict", false), Answers.feature("atomic-deploy", true)])
                    ]
                ]),
                output: """
                    === App Features example

                    [+] atomic-deploy  What atomic-deploy does
                    [ ] strict         What strict does

                    """),
            Scene(
                words: ["features:enable", "strict", "-a", "example"],
                replies: try with([
                    "GET /apps/a1/features/strict": [try .value(Answers.feature("strict", false))],
                    "PATCH /apps/a1/features/strict": [try .value(Answers.feature("strict", true))],
                ]), errors: "Enabling strict for example... done\n"),
            Scene(
                words: ["buildpacks:add", "heroku/python", "-a", "example"],
                replies: try with([
                    "GET /apps/a1/buildpack-installations": [try .value(Answers.buildpacks("heroku/nodejs"))],
                    "PUT /apps/a1/buildpack-installations": [
                        try .value(Answers.buildpacks("heroku/nodejs", "heroku/python"))
                    ],
                ]),
                output: """
                    Buildpack added. Next release on example will use:
                      1. heroku/nodejs
                      2. heroku/python
                    Run git push paas main to create a new release using these buildpacks.

                    """),
            Scene(
                words: ["buildpacks:set", "heroku/nodejs", "-a", "example"],
                replies: try with([
                    "GET /apps/a1/buildpack-installations": [try .value(Answers.buildpacks("heroku/nodejs"))]
                ]), errors: " ›   Error: The buildpack heroku/nodejs is already set on your app.\n", code: 1),
            Scene(
                words: ["whoami"],
                replies: [
                    "GET /account": [
                        .json(#"{"id":"unauthorized","message":"Invalid credentials provided."}"#, status: 401)
                    ]
                ], errors: "not logged in\n", code: 100),
            Scene(
                words: ["auth:token"], replies: ["GET /paas/v1/token": [.json(#"{"token":"HRKU-1"}"#)]],
                output: "HRKU-1\n"),
            Scene(
                words: ["logs", "-a", "example", "-n", "2"],
                replies: try with([
                    "POST /apps/a1/log-sessions": [
                        try .value(
                            LogSessionResource(
                                createdAt: Answers.time, id: "l1",
                                logplexURL: "http://localhost/paas/v1/sessions/l1?n=1",
                                updatedAt: Answers.time), status: 201)
                    ],
                    "GET /paas/v1/sessions/l1": [.json("2026-01-02T03:04:05.000000+00:00 app[web.1]: hello\nlast")],
                ]), output: "2026-01-02T03:04:05.000000+00:00 app[web.1]: hello\nlast\n"),
            Scene(
                words: ["addons:create", "heroku-postgresql"], replies: [:],
                errors: """
                     ›   Error: addons:create is a command of Heroku's CLI that paas 0.1.0 does not have yet.
                     ›
                     ›   What helps:
                     ›     paas help  # all commands there are

                    """, code: 1),
            Scene(
                words: ["confg"], replies: [:],
                errors: """
                     ›   Warning: confg is not a paas command.
                     ›   Error: Run paas help for a list of available commands.
                     ›
                     ›   What helps:
                     ›     paas config

                    """, code: 127),
            Scene(
                words: ["ps", "--nope"], replies: [:],
                errors: " ›   Error: Nonexistent flag: --nope\n ›   See more help with --help\n", code: 2),
            Scene(
                words: ["config"], replies: [:],
                errors: """
                     ›   Error: The following error occurred:
                     ›     Missing required flag app
                     ›   See more help with --help

                    """, code: 2),
            Scene(
                words: ["apps:rename"], replies: [:],
                errors: """
                     ›   Error: Missing 1 required arg:
                     ›   NEWNAME  new unique name of the app
                     ›   See more help with --help

                    """, code: 2),
        ]
    }
}

@Suite("What a person sees of", .timeLimit(.minutes(1)))
struct OutputTests {
    @Test("a command is Heroku's, whole", arguments: try Scene.all())
    func output(_ scene: Scene) async throws {
        try await FakePlatform.with(scene.replies) { platform in
            let outcome = try await platform.run(scene.words)
            #expect(outcome.output == scene.output)
            #expect(outcome.errors == scene.errors)
            #expect(outcome.code == scene.code)
        }
    }
}
