import APISchema
import TestSupport
import Testing

@Suite("Scheduled jobs at the keyboard", .timeLimit(.minutes(1)))
struct SchedulerCommandTests {
    private static func run(
        _ job: Int, _ state: String, exitStatus: Int? = nil, dyno: String? = "scheduler.1234", reason: String? = nil,
        dueAt: String? = "2020-01-02T03:00:00Z", missed: Int = 0
    ) -> ScheduledRunResource {
        ScheduledRunResource(
            command: "python check.py", dueAt: dueAt, dyno: dyno,
            endedAt: state == "running" ? nil : "2020-01-02T03:05:10Z", exitStatus: exitStatus, id: "r\(job)",
            job: job, missed: missed, reason: reason, startedAt: Answers.time, state: state)
    }

    private static func job(
        _ number: Int, _ command: String, _ frequency: String, day: Int, size: String? = nil,
        last: ScheduledRunResource? = nil
    ) -> ScheduledJobResource {
        ScheduledJobResource(
            command: command, createdAt: Answers.time, id: "j\(number)", frequency: frequency, lastRun: last,
            nextRuns: (0..<5).map { "2030-01-0\(day + $0)T04:00:00Z" }, number: number, schedule: "day@04:00",
            size: size)
    }

    private static let jobs = [
        job(1, "python check.py", "Daily at 04:00 UTC", day: 2, last: run(1, "ended", exitStatus: 3)),
        job(2, "rake digest", "0 4 * * MON-FRI", day: 3, size: "Eco"),
    ]

    @Test("are listed with how the last run went, and the next five over all of them")
    func listed() async throws {
        let replies = try Scene.with(["GET /paas/v1/apps/a1/scheduler/jobs": [try .value(Self.jobs)]])
        try await FakePlatform.with(replies) { platform in
            let listed = try await platform.paas("scheduler", "-a", "example")
            #expect(
                listed.output == """
                    === example Scheduled Jobs

                      Job   Command           Frequency            Size      Last Run                    Result
                     ─────────────────────────────────────────────────────────────────────────────────────────────
                      1     python check.py   Daily at 04:00 UTC   default   2020/01/02 03:04:05 +0000   status 3
                      2     rake digest       0 4 * * MON-FRI      Eco       never

                    === Next Runs

                    2030/01/02 04:00:00 +0000  python check.py
                    2030/01/03 04:00:00 +0000  python check.py
                    2030/01/03 04:00:00 +0000  rake digest
                    2030/01/04 04:00:00 +0000  python check.py
                    2030/01/04 04:00:00 +0000  rake digest

                    """)
            let document = try await platform.paas("scheduler", "-a", "example", "--json")
            #expect(document.output.contains(#""next_runs": ["#) && document.output.contains(#""exit_status": 3"#))
        }
    }

    @Test("that are not there are shown how to be made")
    func none() async throws {
        let replies = try Scene.with(["GET /paas/v1/apps/a1/scheduler/jobs": [.json("[]")]])
        try await FakePlatform.with(replies) { platform in
            let listed = try await platform.paas("scheduler", "-a", "example")
            #expect(
                listed.output == """
                    No scheduled jobs on example. To add one:
                        paas scheduler:add "COMMAND" --every 10m -a example

                    """)
        }
    }

    @Test("are added with their next five runs, removed and run")
    func changed() async throws {
        let replies = try Scene.with([
            "POST /paas/v1/apps/a1/scheduler/jobs": [try .value(Self.jobs[0], status: 201)],
            "DELETE /paas/v1/apps/a1/scheduler/jobs/1": [try .value(Self.jobs[0])],
            "POST /paas/v1/apps/a1/scheduler/jobs/1/runs": [
                try .value(Self.run(1, "running", dueAt: nil), status: 201)
            ],
        ])
        try await FakePlatform.with(replies) { platform in
            let added = try await platform.paas(
                "scheduler:add", "python check.py", "--every", "day@04:00", "--size", "eco", "-a", "example")
            #expect(added.errors == "Scheduling python check.py on example... done, job 1\n")
            #expect(
                added.output == """
                    Daily at 04:00 UTC; the next runs are
                        2030/01/02 04:00:00 +0000
                        2030/01/03 04:00:00 +0000
                        2030/01/04 04:00:00 +0000
                        2030/01/05 04:00:00 +0000
                        2030/01/06 04:00:00 +0000

                    """)
            let sent = platform.requests.last ?? ""
            #expect(
                sent.contains(#""command":"python check.py""#) && sent.contains(#""schedule":"day@04:00""#), "\(sent)")
            #expect(sent.contains(#""size":"eco""#), "\(sent)")
            let removed = try await platform.paas("scheduler:remove", "1", "-a", "example")
            #expect(removed.errors == "Removing job 1 from example... done, python check.py\n")
            let run = try await platform.paas("scheduler:run", "1", "-a", "example")
            #expect(run.errors == "Running job 1 on example... done, scheduler.1234\n")
            #expect(
                run.output == """
                    Run paas logs --app example --dyno scheduler.1234 to view the output.
                    Run paas scheduler:history --app example to see how it ended.

                    """)
        }
    }

    @Test("without a command or a time are refused before anything is asked")
    func incomplete() async throws {
        try await FakePlatform.with([:]) { platform in
            let untimed = try await platform.paas("scheduler:add", "python check.py", "-a", "example")
            #expect(untimed.code == 2 && untimed.errors.contains("Missing required flag every"), "\(untimed)")
            let empty = try await platform.paas("scheduler:add", "--every", "10m", "-a", "example")
            #expect(empty.code == 1 && empty.errors.contains("Usage: paas scheduler:add COMMAND"), "\(empty)")
            #expect(platform.requests == [])
        }
    }

    @Test("have a history that tells what ended how, what was not run and what was lost")
    func history() async throws {
        let runs = [
            Self.run(1, "running", dyno: nil), Self.run(1, "ended", exitStatus: 0, dueAt: nil),
            Self.run(2, "ended", exitStatus: 3, missed: 17),
            Self.run(2, "failed", dyno: nil, reason: "No code has been deployed"),
            Self.run(1, "lost", reason: "scheduler.1234 ended unseen"),
        ]
        let replies = try Scene.with(["GET /paas/v1/apps/a1/scheduler/runs": [try .value(runs)]])
        try await FakePlatform.with(replies) { platform in
            let shown = try await platform.paas("scheduler:history", "-a", "example")
            let blank = String(repeating: " ", count: 14)
            let lines = shown.output.split(separator: "\n").map(String.init).filter { !$0.contains("─") }
            let rows = [
                "Dyno             Due                                     Took    Result",
                "\(blank)   2020/01/02 03:00:00 +0000                       starting",
                "scheduler.1234   by hand                                 1m 5s   status 0",
                "scheduler.1234   2020/01/02 03:00:00 +0000 and 17 more   1m 5s   status 3",
                "\(blank)   2020/01/02 03:00:00 +0000                       not run: No code has been deployed",
                "scheduler.1234   2020/01/02 03:00:00 +0000               1m 5s   lost: scheduler.1234 ended unseen",
            ]
            let starts =
                ["  Started                     Job   Command           "]
                + [1, 1, 2, 2, 1].map { "  2020/01/02 03:04:05 +0000   \($0)     python check.py   " }
            #expect(lines == zip(starts, rows).map { $0 + $1 }, "\(shown.output)")
            let few = try await platform.paas("scheduler:history", "1", "-n", "2", "--json", "-a", "example")
            #expect(few.output.matches(of: /"state"/).count == 2)
        }
    }

    @Test("have no page in a browser: addons:open names the command")
    func page() async throws {
        let scheduler = AddonResource(
            addonService: NamedReference(id: "s1", name: "scheduler"), app: NamedReference(id: "a1", name: "example"),
            configVars: [], createdAt: Answers.time, id: "o1", name: "scheduler-round-12345",
            plan: AddonPlanReference(id: "p1", name: "scheduler:standard"), provisionMessage: "", state: "provisioned",
            updatedAt: Answers.time, webURL: nil)
        let replies = try Scene.with(["POST /actions/addons/resolve": [try .value([scheduler])]])
        try await FakePlatform.with(replies) { platform in
            let opened = try await platform.paas("addons:open", "scheduler", "-a", "example")
            #expect(
                opened.errors == """
                     ›   Error: scheduler-round-12345 has no page to open.
                     ›
                     ›   What helps:
                     ›     paas scheduler -a example
                     ›     paas addons:info scheduler-round-12345

                    """)
        }
    }
}
