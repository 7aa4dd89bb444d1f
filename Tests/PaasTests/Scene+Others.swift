import APISchema

extension Scene {
    static func others() throws -> [Scene] {
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
            Scene(words: ["maintenance", "-a", "example"], replies: try with([:]), output: "off\n"),
            Scene(
                words: ["maintenance:on", "-a", "example"],
                replies: try with(["PATCH /apps/a1": [.value(Answers.app())]]),
                errors: "Enabling maintenance mode for example... done\n"),
            Scene(
                words: ["maintenance:off", "-a", "example"],
                replies: try with(["PATCH /apps/a1": [.value(Answers.app())]]),
                errors: "Disabling maintenance mode for example... done\n"),
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
                words: ["pipelines:create", "shop"], replies: [:],
                errors: """
                     ›   Error: pipelines:create is a command of Heroku's CLI that paas 0.1.0 does not have yet.
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
                words: ["addons:add"], replies: [:],
                errors: """
                     ›   Error: Usage: paas addons:create SERVICE:PLAN
                     ›   Must specify a service.
                     ›
                     ›   What helps:
                     ›     paas addons:services

                    """, code: 1),
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
                words: ["config", "-a", ""], replies: [:],
                errors: """
                     ›   Error: The following error occurred:
                     ›     Flag --app is empty
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
