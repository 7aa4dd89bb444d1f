internal import Model

/// Reads from a dyno's last lines why it ended, in the words of whoever has to mend it.
///
/// The lines are those that shells, Python and Node.js print; what they do not tell is left to the lines themselves.
struct CrashReason: Sendable {
    /// The release's app: `Python`, `Node.js`.
    let buildpackName: String
    /// The names in a folder of the slug, "" for its root.
    let names: @Sendable (String) -> [String]
    /// The first line of a file of the slug.
    let firstLine: @Sendable (String) -> String?

    /// How much of a line is looked at.
    private static let lineLimit = 400

    /// - Returns: `command not found: gunicorn (is it in requirements.txt?)`; `nil` when the ending says it all.
    func text(for ending: Ending, lines: [String]) -> String? {
        for line in lines.reversed() {
            if let reason = reason(in: String(line.prefix(Self.lineLimit))) { return reason }
        }
        return Self.signalName(of: ending).map { "ended by \($0)" }
    }

    private func reason(in line: String) -> String? {
        if let match = line.firstMatch(of: /(?:^|: )(\S+): (?:command )?not found$/) {
            return notFound(String(match.1))
        }
        if let match = line.firstMatch(of: /^(?:\S*\/)?env: ['‘]?([^'’]+)['’]?: No such file or directory/) {
            return notFound(String(match.1))
        }
        if let match = line.firstMatch(of: /: (\S+): (?:.*: bad interpreter|cannot execute: required file not found)/) {
            return badInterpreter(of: inside(String(match.1)))
        }
        if let match = line.firstMatch(of: /^(?:\S*sh): .*?(?:line )?\d*:? ?(\S+): No such file or directory$/) {
            return noSuchFile(String(match.1))
        }
        if let match = line.firstMatch(of: /^\S*sh: .*?(\S+): Permission denied$/) {
            let file = inside(String(match.1))
            return "permission denied: \(file) (make it executable: chmod +x \(file), and commit it)"
        }
        if let match = line.firstMatch(of: /^\S*sh: .*?(\S+): (?:cannot execute binary file|Exec format error)/) {
            return "cannot execute \(match.1): it was built for another machine, or is no program"
        }
        if let match = line.firstMatch(of: /^\S*sh: .*?(\S+): Is a directory$/) { return "\(match.1) is a folder" }
        return pythonReason(in: line) ?? nodeReason(in: line)
            ?? (line.contains("EADDRINUSE") || line.contains("Address already in use")
                ? "the address that it wants to listen on is in use already; listen on 0.0.0.0:$PORT" : nil)
    }

    private func pythonReason(in line: String) -> String? {
        if let match = line.firstMatch(of: /can't open file '([^']+)': \[Errno 2\]/) {
            return noSuchFile(String(match.1))
        }
        guard let match = line.firstMatch(of: /ModuleNotFoundError: No module named '([^']+)'/) else { return nil }
        let module = String(match.1)
        let modules = names("").map { $0.hasSuffix(".py") ? String($0.dropLast(3)) : $0 }
        if let near = NearName.of(module, among: modules), near != module {
            return "no module named \(module) (did you mean \(near)?)"
        }
        return "no module named \(module)\(whereItBelongs)"
    }

    private func nodeReason(in line: String) -> String? {
        if let match = line.firstMatch(of: /Cannot find module '([^']+)'/) {
            let module = String(match.1)
            if module.hasPrefix("/") || module.hasPrefix(".") { return noSuchFile(module) }
            return "no module named \(module) (is it in package.json?)"
        }
        return line.firstMatch(of: /Missing script: "?([^"]+)"?/).map { "no script \($0.1) in package.json" }
    }

    // MARK: Words

    private func notFound(_ program: String) -> String { "command not found: \(program)\(whereItBelongs)" }

    /// Where the app says what it needs.
    private var whereItBelongs: String {
        switch buildpackName {
        case "Python":
            let top = Set(names(""))
            let file = ["requirements.txt", "pyproject.toml", "Pipfile"].first(where: top.contains)
            return " (is it in \(file ?? "requirements.txt")?)"
        case "Node.js": return " (is it in package.json?)"
        default: return ""
        }
    }

    private func noSuchFile(_ path: String) -> String {
        let path = inside(path)
        let parts = path.split(separator: "/").map(String.init)
        guard !path.hasPrefix("/"), !parts.contains(".."), let name = parts.last else { return "no such file: \(path)" }
        let folder = parts.dropLast().joined(separator: "/")
        let beside = names(folder)
        // It is there: then it is its first line that names a program which is not.
        if beside.contains(name) { return badInterpreter(of: path) }
        let near = NearName.of(name, among: beside).map { folder.isEmpty ? $0 : "\(folder)/\($0)" }
        return "no such file: \(path)\(near.map { " (did you mean \($0)?)" } ?? "")"
    }

    /// As the app's repository has it; without namespaces /app is another folder.
    private func inside(_ path: String) -> String {
        for mark in ["/scratch/app/", "/app/"] {
            if let range = path.ranges(of: mark).first { return String(path[range.upperBound...]) }
        }
        return path.hasPrefix("./") ? String(path.dropFirst(2)) : path
    }

    private func badInterpreter(of file: String) -> String {
        guard let line = firstLine(file), line.hasPrefix("#!") else {
            return "bad interpreter: the first line of \(file) names a program that is not there"
        }
        if line.hasSuffix("\r") { return "bad interpreter: the lines of \(file) end in CRLF; save it with LF" }
        let program = line.dropFirst(2).split(separator: " ").first ?? ""
        return "bad interpreter: the first line of \(file) names \(program), which is not there"
    }

    /// - Returns: `nil` when no signal ended it.
    static func signalName(of ending: Ending) -> String? {
        let number: Int32
        switch ending {
        case .signal(let signal): number = signal
        // As a shell reports what ended the program that it ran.
        case .code(let code) where code > 128 && code < 160: number = code - 128
        case .code, .lost: return nil
        }
        return signals[number]
    }

    private static let signals: [Int32: String] = [
        1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 4: "SIGILL", 5: "SIGTRAP", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE",
        9: "SIGKILL", 10: "SIGUSR1", 11: "SIGSEGV", 12: "SIGUSR2", 13: "SIGPIPE", 14: "SIGALRM", 15: "SIGTERM",
        24: "SIGXCPU", 25: "SIGXFSZ", 31: "SIGSYS",
    ]
}
