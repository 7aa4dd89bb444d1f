/// Reads what stands behind a command's name. Flags may stand anywhere before `--`.
package struct CommandLineParser {
    private let command: Command
    private var operands: [String] = []
    private var trailing: [String] = []
    private var values: [String: [String]] = [:]
    private var switches: Set<String> = []
    private var rest: ArraySlice<String>

    /// - Throws: ``Failure`` with exit code 2 and oclif's texts, for what the command does not take.
    package static func parse(_ arguments: [String], for command: Command) throws(Failure) -> Invocation {
        var parser = CommandLineParser(command: command, rest: arguments[...])
        try parser.run()
        return Invocation(
            command: command, operands: parser.operands, trailing: parser.trailing, values: parser.values,
            switches: parser.switches)
    }

    private init(command: Command, rest: ArraySlice<String>) {
        self.command = command
        self.rest = rest
    }

    private mutating func run() throws(Failure) {
        while let word = rest.popFirst() {
            if word == "--" {
                trailing = Array(rest)
                operands += trailing
                rest = []
            } else if word.hasPrefix("--") {
                try takeLong(word)
            } else if word.hasPrefix("-"), word != "-" {
                try takeShort(word)
            } else {
                operands.append(word)
            }
        }
        try checkOperands()
    }

    private mutating func takeLong(_ word: String) throws(Failure) {
        let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = parts.first.map(String.init) ?? ""
        guard let flag = flags.first(where: { $0.name == name || $0.aliases.contains(name) }) else {
            return try refuse(word, shown: "--\(name)")
        }
        try take(flag, value: parts.count > 1 ? String(parts[1]) : nil)
    }

    /// `-a NAME`, `-aNAME`, `-a=NAME`, `-xj`.
    private mutating func takeShort(_ word: String) throws(Failure) {
        var letters = word.dropFirst()
        while let letter = letters.popFirst() {
            guard let flag = flags.first(where: { $0.short == letter }) else {
                return try refuse(word, shown: "-\(letter)")
            }
            guard flag.placeholder != nil else {
                switches.insert(flag.name)
                continue
            }
            if letters.first == "=" { letters.removeFirst() }
            return try take(flag, value: letters.isEmpty ? nil : String(letters))
        }
    }

    private mutating func take(_ flag: Flag, value: String?) throws(Failure) {
        guard flag.placeholder != nil else {
            guard value == nil else { throw .usage("Flag --\(flag.name) takes no value") }
            switches.insert(flag.name)
            return
        }
        guard let value = value ?? rest.popFirst() else { throw .usage("Flag --\(flag.name) expects a value") }
        values[flag.name, default: []].append(value)
    }

    private mutating func refuse(_ word: String, shown: String) throws(Failure) {
        guard command.passesUnknownFlags else { throw .usage("Nonexistent flag: \(shown)") }
        operands.append(word)
    }

    private var flags: [Flag] { command.flags + [.help] }

    private func checkOperands() throws(Failure) {
        // Help is given whatever else is wrong.
        if switches.contains(Flag.help.name) { return }
        let required = command.operands.filter(\.isRequired)
        if operands.count < required.count {
            let missing = required.dropFirst(operands.count)
            let width = missing.map(\.name.count).max() ?? 0
            let lines = missing.map { "\($0.name.padded(to: width))  \($0.help)" }
            let noun = missing.count == 1 ? "arg" : "args"
            throw .usage("Missing \(missing.count) required \(noun):\n\(lines.joined(separator: "\n"))")
        }
        let repeats = command.operands.contains(where: \.repeats) || command.passesUnknownFlags
        if !repeats, operands.count > command.operands.count {
            let extra = operands.dropFirst(command.operands.count)
            let noun = extra.count == 1 ? "argument" : "arguments"
            throw .usage("Unexpected \(noun): \(extra.joined(separator: ", "))")
        }
    }
}
