import Console
import Posix

/// What `local` is to start: what is typed decides, then the Procfile, then `--start-cmd`.
struct StartChoice {
    enum Kind {
        case command(String)
        case processes(LocalProcfile, StartList)
    }

    let kind: Kind
    /// A `--start-cmd` that something else goes before.
    let ignoredCommand: String?

    init(_ invocation: Invocation) throws {
        let file = invocation[.procfile] ?? "Procfile"
        let command = invocation[.startCommand]
        let typed = invocation.operands.first
        if let procfile = try LocalProcfile.read(file) {
            let list = try typed.map(StartList.init(parsing:)) ?? StartList(allOf: procfile)
            kind = .processes(procfile, list)
            ignoredCommand = command
        } else if let typed {
            let list = try StartList(parsing: typed)
            guard FileTree.exists("package.json") else { throw LocalProcfile.missing(invocation[.procfile]) }
            let words = ForemanWords(invocation.terminal)
            words.warn("ENOENT: no such file or directory, open '\(file)'")
            words.okay("package.json file found - trying 'npm start'")
            kind = .processes(LocalProcfile(entries: [("web", "npm start")]), list)
            ignoredCommand = command
        } else {
            guard let command else { throw LocalProcfile.missing(invocation[.procfile]) }
            kind = .command(command)
            ignoredCommand = nil
        }
    }
}
