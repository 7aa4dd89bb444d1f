import APISchema

extension Scene {
    static func releases() throws -> [Scene] {
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

    static func processes() throws -> [Scene] {
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
                words: ["ps", "-a", "example"],
                replies: try with([
                    "GET /apps/a1/dynos": [
                        try .value([
                            Answers.dyno(
                                "web.1", "gunicorn app:app", state: "crashed",
                                reason:
                                    "exited with status 127: command not found: gunicorn (is it in requirements.txt?)")
                        ])
                    ]
                ]),
                output: """
                    === web (Basic): gunicorn app:app (1)

                    web.1: crashed 2020/01/02 03:04:05 +0000: exited with status 127: command not found: gunicorn (is it in requirements.txt?)


                    """),
            Scene(
                words: ["ps:lost", "web.1", "-a", "example"],
                replies: try with([
                    "GET /paas/v1/apps/a1/lost-files": [
                        try .value([
                            DynoLossResource(
                                dyno: "web.1", id: "d1", time: Answers.time, count: 5000, complete: false,
                                files: [
                                    .init(path: "db.sqlite3", size: 40_960), .init(path: "uploads/cat.png", size: 5),
                                ])
                        ])
                    ]
                ]),
                output: """
                      time                        dyno    size    path
                     ────────────────────────────────────────────────────────────────
                      2020/01/02 03:04:05 +0000   web.1   40 KB   db.sqlite3
                      2020/01/02 03:04:05 +0000   web.1   5 B     uploads/cat.png
                      2020/01/02 03:04:05 +0000   web.1           at least 4998 more

                    """),
            Scene(
                words: ["ps:lost", "-a", "example"],
                replies: try with(["GET /paas/v1/apps/a1/lost-files": [.json("[]")]]),
                output: "The dynos of example lost no files.\n"),
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
                words: ["ps:scale", "worker=1", "web=-1", "-a", "example"], replies: try with([:]),
                errors: " ›   Error: web=-1 is invalid. Must be in the format TYPE=COUNT or TYPE=COUNT:SIZE.\n", code: 1
            ),
            Scene(
                words: ["ps:scale", "worker=1", "web=abc", "-a", "example"], replies: try with([:]),
                errors: " ›   Error: web=abc is invalid. Must be in the format TYPE=COUNT or TYPE=COUNT:SIZE.\n",
                code: 1),
            Scene(
                words: ["ps:scale", "worker=1", "web=1:", "-a", "example"], replies: try with([:]),
                errors: " ›   Error: web=1: is invalid. Must be in the format TYPE=COUNT or TYPE=COUNT:SIZE.\n", code: 1
            ),
            Scene(
                words: ["ps:scale", "worker=1", "web=99999999999999999999", "-a", "example"], replies: try with([:]),
                errors:
                    " ›   Error: web=99999999999999999999 is invalid. Must be in the format TYPE=COUNT or TYPE=COUNT:SIZE.\n",
                code: 1),
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
}
