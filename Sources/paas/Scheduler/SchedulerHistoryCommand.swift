import APIClient
import APISchema
import Console

extension Command {
    static let schedulerHistory = Command(
        "scheduler:history", abstract: "show how scheduled jobs went, newest first",
        discussion: "The last 100 runs of each job are kept.",
        flags: [.app, .remote, .number, .json, .noWrap],
        operands: [.optional("JOB", "number of the job, as paas scheduler shows it")],
        examples: ["paas scheduler:history", "paas scheduler:history 1 -n 50"]
    ) { invocation in
        let terminal = invocation.terminal
        let count = try invocation.positiveNumber(.number) ?? 15
        let (platform, app) = try await invocation.target()
        let runs = try await platform.scheduledRuns(of: app.id, job: invocation.operands.first).prefix(count)
        if invocation.has(.json) { return terminal.json(try WireJSON.encode(Array(runs))) }
        guard !runs.isEmpty else {
            return terminal.print("No job has run yet on \(terminal.appName(app.name, on: terminal.output)).")
        }
        var table = Table(["Started", "Job", "Command", "Dyno", "Due", "Took", "Result"])
        for run in runs {
            table.add([
                TimeText.ago(run.startedAt), "\(run.job)", run.command, run.dyno ?? "", due(run),
                run.dyno == nil ? "" : run.endedAt.map { TimeText.duration(from: run.startedAt, to: $0) } ?? "",
                ScheduledRunText.result(run, terminal.output),
            ])
        }
        terminal.table(table, cut: !invocation.has(.noWrap))
    }

    private static func due(_ run: ScheduledRunResource) -> String {
        guard let due = run.dueAt else { return "by hand" }
        return TimeText.console(due) + (run.missed > 0 ? " and \(run.missed) more" : "")
    }
}

enum ScheduledRunText {
    static func result(_ run: ScheduledRunResource, _ stream: Stream) -> String {
        switch (run.state, run.exitStatus) {
        case ("running", _): stream.styled(run.dyno == nil ? "starting" : "running", .yellow)
        case ("ended", 0?): stream.styled("status 0", .green)
        case ("ended", let status?): stream.styled("status \(status)", .red)
        case ("failed", _): stream.styled("not run: \(run.reason ?? "")", .red)
        default: stream.styled("\(run.state): \(run.reason ?? "")", .red)
        }
    }
}
