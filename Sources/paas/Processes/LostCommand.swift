import APIClient
import APISchema
import Console

extension Command {
    static let psLost = Command(
        "ps:lost", abstract: "list files that dynos had written when they stopped",
        discussion: "Files do not outlive a dyno: what has to stay belongs in a database add-on or in object storage.",
        flags: [.app, .remote, .json, .dynoName],
        operands: [.optional("DYNO", "name of the dyno (such as web.1)")],
        examples: ["paas ps:lost", "paas ps:lost web.1 --app myapp"]
    ) { invocation in
        let terminal = invocation.terminal
        let (platform, app) = try await invocation.target()
        let dyno = invocation.operands.first ?? invocation[.dynoName]
        let losses = try await platform.losses(of: app.id, dyno: dyno)
        if invocation.has(.json) { return terminal.json(try WireJSON.encode(losses)) }
        guard !losses.isEmpty else {
            let whose = dyno ?? "The dynos of \(terminal.appName(app.name, on: terminal.output))"
            return terminal.print("\(whose) lost no files.")
        }
        var table = Table(["time", "dyno", "size", "path"])
        for loss in losses {
            for file in loss.files {
                table.add([TimeText.ago(loss.time), loss.dyno, ByteText.text(file.size), file.path])
            }
            let rest = loss.count - loss.files.count
            if rest > 0 {
                table.add([
                    TimeText.ago(loss.time), loss.dyno, "", "\(loss.complete ? "and" : "at least") \(rest) more",
                ])
            }
        }
        terminal.table(table)
    }
}
