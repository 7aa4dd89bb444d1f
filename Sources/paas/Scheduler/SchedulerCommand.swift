import APIClient
import APISchema
import Console

extension Command {
    static let scheduler = Command(
        "scheduler", abstract: "list the scheduled jobs of an app, and what runs next",
        discussion:
            "Jobs belong to the add-on scheduler:standard. Each run is a one-off dyno, scheduler.NNNN, and all times are "
            + "UTC. What a machine that slept has missed runs once when it wakes.",
        flags: [.app, .remote, .json, .noWrap], examples: ["paas scheduler", "paas scheduler --json"]
    ) { invocation in
        let terminal = invocation.terminal
        let (platform, app) = try await invocation.target()
        let jobs = try await platform.scheduledJobs(of: app.id)
        if invocation.has(.json) { return terminal.json(try WireJSON.encode(jobs)) }
        let name = terminal.appName(app.name, on: terminal.output)
        guard !jobs.isEmpty else {
            terminal.print("No scheduled jobs on \(name). To add one:")
            return terminal.print("    paas scheduler:add \"COMMAND\" --every 10m -a \(app.name)")
        }
        terminal.header("\(name) Scheduled Jobs")
        var table = Table(["Job", "Command", "Frequency", "Size", "Last Run", "Result"])
        for job in jobs {
            table.add([
                "\(job.number)", job.command, job.frequency, job.size ?? "default",
                job.lastRun.map { TimeText.ago($0.startedAt) } ?? "never",
                job.lastRun.map { ScheduledRunText.result($0, terminal.output) } ?? "",
            ])
        }
        terminal.table(table, cut: !invocation.has(.noWrap))
        terminal.print()
        terminal.header("Next Runs")
        for run in NextRun.first(5, of: jobs) { terminal.print("\(run.time)  \(run.job.command)") }
    }

    static let schedulerAdd = Command(
        "scheduler:add", abstract: "run a command regularly",
        discussion:
            "--every is a number of minutes (10m), hour or hour:MM, day or day@HH:MM, or five fields of cron: minute, "
            + "hour, day of the month, month, day of the week, with *, lists, ranges, steps and names, or @daily and its "
            + "like. All times are UTC.",
        flags: [.app, .remote, .every, .size, .json], operands: [.any("COMMAND", "command to run in a one-off dyno")],
        examples: [
            "paas scheduler:add \"python checkwebsite.py\" --every 10m",
            "paas scheduler:add \"python report.py\" --every day@04:30 --size standard-2x",
            "paas scheduler:add \"python digest.py\" --every \"0 9-17/2 * * MON-FRI\"",
        ]
    ) { invocation in
        let terminal = invocation.terminal
        let command = try RunRequest.command(
            invocation, usage: "scheduler:add", example: "\"python checkwebsite.py\" --every 10m")
        guard let every = invocation[.every] else { throw Failure.usage("Missing required flag every") }
        let (platform, app) = try await invocation.target()
        let body = ScheduledJobCreate(command: command, schedule: every, size: invocation[.size])
        if invocation.has(.json) {
            return terminal.json(try WireJSON.encode(try await platform.addScheduledJob(body, to: app.id)))
        }
        let text = "Scheduling \(terminal.errors.styled(command, .cyan)) on \(terminal.appName(app.name))"
        let job = try await terminal.action(text) { status in
            let job = try await platform.addScheduledJob(body, to: app.id)
            status.finish("done, job \(job.number)")
            return job
        }
        terminal.print("\(job.frequency); the next runs are")
        for run in NextRun.first(5, of: [job]) { terminal.print("    \(run.time)") }
    }

    static let schedulerRemove = Command(
        "scheduler:remove", abstract: "remove a scheduled job with its history", flags: [.app, .remote],
        operands: [.job], examples: ["paas scheduler:remove 1"]
    ) { invocation in
        let terminal = invocation.terminal
        let (platform, app) = try await invocation.target()
        let text = "Removing job \(invocation.operands[0]) from \(terminal.appName(app.name))"
        try await terminal.action(text) { status in
            let job = try await platform.removeScheduledJob(invocation.operands[0], of: app.id)
            status.finish("done, \(job.command)")
        }
    }

    static let schedulerRun = Command(
        "scheduler:run", abstract: "run a scheduled job now, beside its schedule", flags: [.app, .remote, .tail],
        operands: [.job], examples: ["paas scheduler:run 1", "paas scheduler:run 1 --tail"]
    ) { invocation in
        let terminal = invocation.terminal
        let (platform, app) = try await invocation.target()
        let text = "Running job \(invocation.operands[0]) on \(terminal.appName(app.name))"
        let run = try await terminal.action(text) { status in
            let run = try await platform.runScheduledJob(invocation.operands[0], of: app.id)
            status.finish("done, \(terminal.errors.styled(run.dyno ?? "", .green))")
            return run
        }
        let dyno = run.dyno ?? "scheduler"
        if invocation.has(.tail) {
            return try await LogReading(platform: platform, terminal: terminal, hasColours: terminal.output.hasColours)
                .show(app, LogSessionCreate(lines: 100, dyno: dyno, tail: true))
        }
        terminal.print("Run paas logs --app \(app.name) --dyno \(dyno) to view the output.")
        terminal.print("Run paas scheduler:history --app \(app.name) to see how it ended.")
    }
}

extension Operand {
    static let job = Operand.required("JOB", "number of the job, as paas scheduler shows it")
}

extension Flag {
    fileprivate static let every = Flag(
        "every", placeholder: "TIME", help: "10m, hour, hour:MM, day, day@HH:MM or five fields of cron")
}

/// A time at which a job will run.
private struct NextRun {
    let job: ScheduledJobResource
    let moment: String

    var time: String { TimeText.console(moment) }

    /// The soonest of all jobs, in their order.
    static func first(_ count: Int, of jobs: [ScheduledJobResource]) -> [NextRun] {
        let all = jobs.flatMap { job in job.nextRuns.map { NextRun(job: job, moment: $0) } }
        return Array(all.sorted { ($0.moment, $0.job.number) < ($1.moment, $1.job.number) }.prefix(count))
    }
}
