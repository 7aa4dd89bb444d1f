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

    static let completionScript = Command(
        "autocomplete:script", abstract: "print the completion script for a shell",
        operands: [.required("SHELL", "bash, zsh or fish")],
        examples: ["paas autocomplete:script bash > ~/.local/share/bash-completion/completions/paas"]
    ) { invocation in
        guard let shell = CompletionScript.Shell(rawValue: invocation.operands[0]) else {
            throw Failure("There are completions for bash, zsh and fish.", exitCode: 2)
        }
        invocation.terminal.output.write(CompletionScript.text(for: shell, CommandTable.index))
    }

    static let manual = Command("manual", abstract: "print the manual page", isHidden: true) { invocation in
        invocation.terminal.output.write(ManualPage.text(CommandTable.index, version: PlatformEdition.text))
    }
}
