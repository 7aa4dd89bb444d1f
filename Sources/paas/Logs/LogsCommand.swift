import APISchema
import Console

extension Command {
    static let logs = Command(
        "logs", abstract: "display recent log output",
        discussion: "disable colors with --no-color, PAAS_LOGS_COLOR=0, or PAAS_COLOR=0",
        flags: [
            .app, .remote, .dynoName, .processType, .tail,
            Flag("num", short: "n", placeholder: "num", help: "number of lines to display (default 100)"),
            Flag("source", short: "s", placeholder: "source", help: "log source to limit filter by: app or heroku"),
            Flag("no-color", help: "disable colors"),
            Flag("force-colors", help: "force use of colors (even on non-tty output)", isHidden: true),
        ],
        examples: [
            "paas logs --app=my-app", "paas logs --num=50", "paas logs --dyno-name=web-123-456",
            "paas logs --process-type=web", "paas logs --app=my-app --tail",
        ]
    ) { invocation in
        let terminal = invocation.terminal
        let lines = try invocation.positiveNumber(.number) ?? 100
        let (dyno, type) = (invocation[.dynoName], invocation[.processType])
        guard dyno == nil || type == nil else {
            throw Failure.usage("--process-type cannot also be provided when using --dyno-name")
        }
        let (platform, app) = try await invocation.target()
        let session = LogSessionCreate(
            lines: lines, source: invocation[Flag("source", help: "")], dyno: dyno, type: type,
            tail: invocation.has(.tail))
        try await LogReading(
            platform: platform, terminal: terminal, hasColours: LogReading.wantsColours(invocation, terminal.output)
        ).show(app, session)
    }
}
