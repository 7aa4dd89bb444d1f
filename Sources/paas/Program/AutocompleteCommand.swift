import Console
import Posix

extension Command {
    static let autocomplete = Command(
        "autocomplete", abstract: "display autocomplete installation instructions",
        flags: [
            Flag(
                "refresh-cache", short: "r", help: "accepted, without effect: there is no cache; shows no instructions")
        ],
        operands: [.optional("SHELL", "bash, zsh or fish; without it, yours")],
        examples: ["paas autocomplete", "paas autocomplete zsh"]
    ) { invocation in
        if invocation.has(Flag("refresh-cache", help: "")) { return }
        let own = Environment.nonEmpty("SHELL").flatMap { $0.split(separator: "/").last.map(String.init) }
        let shell: CompletionScript.Shell
        if let name = invocation.operands.first {
            shell = try Autocomplete.shell(name)
        } else {
            // Whoever has another shell is shown how it is done in the most common one.
            shell = own.flatMap(CompletionScript.Shell.init) ?? .bash
        }
        invocation.terminal.print(Autocomplete.instructions(for: shell))
    }

    static let completionScript = Command(
        "autocomplete:script", abstract: "print the completion script for a shell",
        operands: [.required("SHELL", "bash, zsh or fish")],
        examples: ["paas autocomplete:script bash > ~/.local/share/bash-completion/completions/paas"]
    ) { invocation in
        let shell = try Autocomplete.shell(invocation.operands[0])
        invocation.terminal.output.write(CompletionScript.text(for: shell, CommandTable.index))
    }
}

private enum Autocomplete {
    static func shell(_ name: String) throws(Failure) -> CompletionScript.Shell {
        guard let shell = CompletionScript.Shell(rawValue: name) else {
            throw Failure("There are completions for bash, zsh and fish.", exitCode: 2)
        }
        return shell
    }

    /// In the form of Heroku's. Source: heroku-cli.md §19, "autocomplete".
    static func instructions(for shell: CompletionScript.Shell) -> String {
        """
        === Setup Instructions for PAAS CLI Autocomplete

        1) Put the completions where \(shell.rawValue) looks for them

        \(setUp(shell).map { "$ \($0)" }.joined(separator: "\n"))

        2) Start a new shell and test it out, e.g.:

        $ paas <TAB><TAB>             # Command completion
        $ paas ps:scale --<TAB><TAB>  # Flag completion

        Enjoy!
        """
    }

    private static func setUp(_ shell: CompletionScript.Shell) -> [String] {
        let (folder, file) =
            switch shell {
            case .bash: ("~/.local/share/bash-completion/completions", "paas")
            case .zsh: ("~/.zfunc", "_paas")
            case .fish: ("~/.config/fish/completions", "paas.fish")
            }
        let lines = [
            "mkdir -p \(folder)", "paas autocomplete:script \(shell.rawValue) > \(folder)/\(file)",
        ]
        guard shell == .zsh else { return lines }
        return lines + ["echo 'fpath=(~/.zfunc $fpath); autoload -Uz compinit; compinit' >> ~/.zshrc"]
    }
}
