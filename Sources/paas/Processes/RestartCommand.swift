import APIClient
import APISchema
import Console

extension Command {
    static let psRestart = Command(
        "ps:restart", aliases: ["restart", "dyno:restart"], abstract: "restart app dynos or process types",
        discussion: "If neither --dyno-name nor --process-type are specified, all app dynos restart.",
        flags: [.app, .remote, .dynoName, .processType],
        operands: [.optional("DYNO", "name of the dyno to restart (deprecated)")],
        examples: ["paas ps:restart --app myapp --dyno-name web.1", "paas ps:restart --app myapp --process-type web"]
    ) { invocation in
        let terminal = invocation.terminal
        let selection = try DynoSelection(invocation)
        let (platform, app) = try await invocation.target()
        let name = terminal.appName(app.name)
        switch selection {
        case .all:
            try await terminal.action("Restarting all dynos on \(name)") { _ in
                try await platform.restartDynos(of: app.id)
            }
        case .dyno(let dyno):
            try await terminal.action("Restarting dyno \(terminal.errors.styled(dyno, .name)) on \(name)") { _ in
                try await platform.restartDyno(dyno, of: app.id)
            }
        case .type(let type):
            try await terminal.action("Restarting all \(terminal.errors.styled(type, .name)) dynos on \(name)") { _ in
                try await platform.restartType(type, of: app.id)
            }
        }
    }

    static let psStop = Command(
        "ps:stop", aliases: ["stop", "kill", "ps:kill", "dyno:stop", "dyno:kill"],
        abstract: "stop an app dyno or process type", flags: [.app, .remote, .dynoName, .processType],
        operands: [.optional("DYNO", "name of the dyno to stop (deprecated)")],
        examples: ["paas ps:stop --app myapp --dyno-name run.1828", "paas ps:stop --app myapp --process-type run"]
    ) { invocation in
        let terminal = invocation.terminal
        let selection = try DynoSelection(invocation)
        if case .all = selection { throw Failure.usage("Please specify a process type or dyno name to stop.") }
        let (platform, app) = try await invocation.target()
        let name = terminal.appName(app.name)
        switch selection {
        case .all: return
        case .dyno(let dyno):
            try await terminal.action("Stopping dyno \(terminal.errors.styled(dyno, .name)) on \(name)") { _ in
                try await platform.stopDyno(dyno, of: app.id)
            }
        case .type(let type):
            try await terminal.action("Stopping all \(terminal.errors.styled(type, .name)) dynos on \(name)") { _ in
                try await platform.stopType(type, of: app.id)
            }
        }
    }
}
