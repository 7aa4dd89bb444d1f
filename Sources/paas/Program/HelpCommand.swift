import Console

enum HelpCommand {
    /// Help for what the words name: nothing, a topic, or a command.
    static func show(_ words: [String], _ index: CommandIndex, _ terminal: Terminal) throws {
        guard let first = words.first else {
            return terminal.output.write(HelpText.overview(of: index, version: VersionText.line))
        }
        let command = index.resolve(words)?.command
        let topic = first.split(separator: ":").first.map(String.init) ?? first
        let isTopic =
            !first.contains(":") && words.count == 1 && index.commands.contains { $0.name.hasPrefix(topic + ":") }
        guard command != nil || isTopic else {
            throw Failure("Command \(words.joined(separator: ":")) not found.", mend: ["paas help"], exitCode: 2)
        }
        if let command { terminal.output.write(HelpText.text(for: command)) }
        if isTopic {
            if command != nil { terminal.print() }
            terminal.output.write(HelpText.commands(ofTopic: topic, in: index))
        }
    }
}

extension Command {
    static let help = Command(
        "help", abstract: "display help for paas", operands: [.any("COMMAND", "command to show help for")]
    ) { invocation in
        try HelpCommand.show(invocation.operands, CommandTable.index, invocation.terminal)
    }

    static let version = Command("version", abstract: "show the version of paas") { invocation in
        invocation.terminal.print(VersionText.line)
    }

    static let manual = Command("manual", abstract: "print the manual page", isHidden: true) { invocation in
        invocation.terminal.output.write(ManualPage.text(CommandTable.index, version: PlatformEdition.text))
    }
}
