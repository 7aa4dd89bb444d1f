import APIClient
import APISchema
import Console

extension Command {
    static let psWait = Command(
        "ps:wait", aliases: ["dyno:wait"], abstract: "wait for all dynos to be running latest version after a release",
        discussion: "Dynos that were stopped by hand, or that sleep, are not waited for.",
        flags: [
            .app, .remote,
            Flag("type", short: "t", placeholder: "type", help: "wait for one specific dyno type"),
            Flag(
                "wait-interval", short: "w", placeholder: "seconds",
                help: "how frequently to look, in seconds (default 1)"),
            Flag("with-run", short: "R", help: "whether to wait for one-off run dynos"),
        ], examples: ["paas ps:wait", "paas ps:wait --type worker"]
    ) { invocation in
        let terminal = invocation.terminal
        let type = invocation[.type]
        let withRun = invocation.has(Flag("with-run", help: ""))
        guard type == nil || !withRun else {
            throw Failure.usage("--with-run cannot also be provided when using --type")
        }
        let seconds = try invocation.positiveNumber(Flag("wait-interval", help: "")) ?? 1
        let (platform, app) = try await invocation.target()
        // One that failed is not going to run.
        let newest = try await platform.releases(of: app.id, newest: 10).first { $0.status != "failed" }
        guard let newest else { return terminal.warn("App \(app.name) has no releases") }
        var hasSaid = ""
        while true {
            let dynos = try await platform.dynos(of: app.id).filter { dyno in
                !["release", "scheduler"].contains(dyno.type) && !["down", "idle"].contains(dyno.state)
                    && (type.map { $0 == dyno.type } ?? (withRun || dyno.type != "run"))
            }
            let ready = dynos.filter { $0.state == "up" && $0.release.version >= newest.version }
            let fraction = "\(ready.count) / \(dynos.count)"
            if ready.count == dynos.count {
                if !hasSaid.isEmpty { terminal.errors.write(" \(fraction), done\n") }
                return
            }
            if hasSaid.isEmpty {
                terminal.errors.write("Waiting for every dyno to be running v\(newest.version)...")
            }
            if fraction != hasSaid { terminal.errors.write(" \(fraction)") }
            hasSaid = fraction
            try await Task.sleep(for: .seconds(seconds))
        }
    }
}
