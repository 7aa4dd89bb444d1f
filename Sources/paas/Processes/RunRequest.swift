import Console
import Posix

/// What `run` sends, from what was typed.
enum RunRequest {
    /// The words as one shell line: one word is that line already, of several those with a blank or a quote in them
    /// are quoted again.
    static func command(_ invocation: Invocation, usage: String, example: String) throws(Failure) -> String {
        guard !invocation.operands.isEmpty else {
            throw Failure("Usage: paas \(usage) COMMAND\n\nExample: paas \(usage) \(example)")
        }
        if invocation.operands.count == 1 { return invocation.operands[0] }
        return invocation.operands.map(quoted).joined(separator: " ")
    }

    /// As ``command(_:usage:example:)``, for a dyno that runs: nothing means a shell.
    static func insideCommand(_ words: [String]) -> String {
        switch words.count {
        case 0: "bash"
        case 1: words[0]
        default: words.map(quoted).joined(separator: " ")
        }
    }

    /// `A=1;B=2`, from every `--env`.
    static func variables(_ values: [String]) throws(Failure) -> [String: String] {
        var variables: [String: String] = [:]
        for pair in values.flatMap({ $0.split(separator: ";") }) {
            guard let equals = pair.firstIndex(of: "="), equals > pair.startIndex else {
                throw Failure("env flag \(pair) appears invalid. Avoid using ';' in values.")
            }
            variables[String(pair[..<equals])] = String(pair[pair.index(after: equals)...])
        }
        return variables
    }

    /// Whether the command is to have a terminal.
    static func wantsTerminal(_ invocation: Invocation) -> Bool {
        TerminalDevice.isTerminal(0) && TerminalDevice.isTerminal(1) && !invocation.has(.noTTY)
    }

    /// What a command on a terminal has to know about this one.
    static var terminalVariables: [String: String] {
        var variables = ["TERM": Environment.nonEmpty("TERM") ?? "xterm"]
        if let size = TerminalDevice.size(of: 1) {
            variables["COLUMNS"] = String(size.columns)
            variables["LINES"] = String(size.rows)
        }
        return variables
    }

    private static func quoted(_ word: String) -> String {
        guard word.contains(where: { $0 == " " || $0 == "\"" }) else { return word }
        return "\"\(word.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\\\""))\""
    }
}
