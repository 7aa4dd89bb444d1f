/// Completion scripts, made from the commands' declarations.
package enum CompletionScript {
    package enum Shell: String, Sendable { case bash, zsh, fish }

    package static func text(for shell: Shell, _ index: CommandIndex) -> String {
        let commands = index.commands.filter { !$0.isHidden }.flatMap { command in
            ([command.name] + command.aliases).map { (name: $0, command: command) }
        }.sorted { $0.name < $1.name }
        return switch shell {
        case .bash: bash(commands)
        case .zsh: zsh(commands)
        case .fish: fish(commands)
        }
    }

    private static func words(_ command: Command) -> [String] {
        (command.flags.filter { !$0.isHidden } + [.help]).flatMap { flag in
            ["--\(flag.name)"] + (flag.short.map { ["-\($0)"] } ?? [])
        }
    }

    private static func bash(_ commands: [(name: String, command: Command)]) -> String {
        let cases = commands.map { "        \($0.name)) words=\"\(words($0.command).joined(separator: " "))\" ;;" }
        return """
            # bash completion for paas
            _paas() {
                local current words
                # A colon breaks words in bash; commands have colons in their names.
                _get_comp_words_by_ref -n : current 2>/dev/null || current="${COMP_WORDS[COMP_CWORD]}"
                local line="${COMP_LINE:0:COMP_POINT}"
                local typed=($line)
                if [[ ${#typed[@]} -lt 2 || ( ${#typed[@]} -eq 2 && "$line" != *" " ) ]]; then
                    current="${typed[1]}"
                    COMPREPLY=($(compgen -W "\(commands.map(\.name).joined(separator: " "))" -- "$current"))
                    # What stands before the last colon is there already.
                    if [[ "$current" == *:* && "$COMP_WORDBREAKS" == *:* ]]; then
                        local prefix="${current%"${current##*:}"}" i
                        for i in "${!COMPREPLY[@]}"; do COMPREPLY[i]="${COMPREPLY[i]#"$prefix"}"; done
                    fi
                    return
                fi
                case "${typed[1]}" in
            \(cases.joined(separator: "\n"))
                    *) words="" ;;
                esac
                [[ "$line" == *" " ]] && current="" || current="${typed[${#typed[@]}-1]}"
                [[ "$current" == -* ]] && COMPREPLY=($(compgen -W "$words" -- "$current"))
            }
            complete -o default -F _paas paas

            """
    }

    private static func zsh(_ commands: [(name: String, command: Command)]) -> String {
        let names = commands.map { "        '\(escaped($0.name, ":")):\(quoted($0.command.abstract))'" }
        let cases = commands.map { name, command in
            let flags = (command.flags.filter { !$0.isHidden } + [.help]).map { flag in
                let value = flag.placeholder.map { ":\($0): " } ?? ""
                return "'--\(flag.name)[\(quoted(flag.help).bracketSafe)]\(value)'"
            }
            return "        \(name)) _arguments \(flags.joined(separator: " ")) '*:file:_files' ;;"
        }
        return """
            #compdef paas
            _paas() {
                local -a commands
                commands=(
            \(names.joined(separator: "\n"))
                )
                if (( CURRENT == 2 )); then
                    _describe -t commands 'paas command' commands
                    return
                fi
                local command="${words[2]}"
                shift words
                (( CURRENT-- ))
                case "$command" in
            \(cases.joined(separator: "\n"))
                esac
            }
            if [ "$funcstack[1]" = "_paas" ]; then _paas "$@"; else compdef _paas paas; fi

            """
    }

    private static func fish(_ commands: [(name: String, command: Command)]) -> String {
        var lines = ["# fish completion for paas", "complete -c paas -f"]
        for (name, command) in commands {
            lines.append(
                "complete -c paas -n __fish_use_subcommand -a '\(name)' -d '\(quotedForFish(command.abstract))'")
            for flag in command.flags.filter({ !$0.isHidden }) + [.help] {
                let short = flag.short.map { " -s \($0)" } ?? ""
                let value = flag.placeholder == nil ? "" : " -r"
                lines.append(
                    "complete -c paas -n '__fish_seen_subcommand_from \(name)' -l \(flag.name)\(short)\(value)"
                        + " -d '\(quotedForFish(flag.help))'")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func escaped(_ text: String, _ special: Character) -> String {
        text.map { $0 == special ? "\\\($0)" : String($0) }.joined()
    }

    /// Inside single quotes of a shell.
    private static func quoted(_ text: String) -> String {
        text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
    }

    private static func quotedForFish(_ text: String) -> String { escaped(escaped(text, "\\"), "'") }
}

extension String {
    /// Square brackets end a description in zsh's own notation.
    fileprivate var bracketSafe: String { map { "[]".contains($0) ? "\\\($0)" : String($0) }.joined() }
}
