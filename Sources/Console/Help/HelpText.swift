/// Help texts, made from the commands' declarations, in oclif's layout.
package enum HelpText {
    /// Help for one command.
    package static func text(for command: Command) -> String {
        var sections = [command.abstract.capitalizedFirst]
        sections.append("USAGE\n  $ \(usage(command))")
        if !command.operands.isEmpty {
            let rows = command.operands.map { ($0.usage, $0.help) }
            sections.append("ARGUMENTS\n" + columns(rows))
        }
        let flags = command.flags.filter { !$0.isHidden }.sorted { $0.name < $1.name }
        if !flags.isEmpty { sections.append("FLAGS\n" + columns(flags.map { (label($0), $0.help) })) }
        sections.append("GLOBAL FLAGS\n" + columns([(label(.help), Flag.help.help)]))
        if !command.discussion.isEmpty {
            let paragraphs = command.discussion.split(separator: "\n", omittingEmptySubsequences: false)
            let lines = paragraphs.flatMap { ErrorText.wrapped(String($0), to: 78) }.map { $0.isEmpty ? "" : "  \($0)" }
            sections.append("DESCRIPTION\n" + lines.joined(separator: "\n"))
        }
        if !command.aliases.isEmpty {
            sections.append("ALIASES\n" + command.aliases.map { "  $ paas \($0)" }.joined(separator: "\n"))
        }
        if !command.examples.isEmpty {
            sections.append("EXAMPLES\n" + command.examples.map { "  $ \($0)" }.joined(separator: "\n"))
        }
        return sections.joined(separator: "\n\n") + "\n"
    }

    /// `paas ps:scale [TYPE=COUNT...] [-a <app>] [-r <remote>]`.
    package static func usage(_ command: Command) -> String {
        let flags = command.flags.filter { !$0.isHidden }.map { flag in
            let name = flag.short.map { "-\($0)" } ?? "--\(flag.name)"
            return flag.placeholder.map { "[\(name) <\($0)>]" } ?? "[\(name)]"
        }
        return (["paas \(command.name)"] + command.operands.map(\.usage) + flags).joined(separator: " ")
    }

    /// What `paas` alone prints.
    package static func overview(of index: CommandIndex, version: String) -> String {
        let visible = index.commands.filter { !$0.isHidden }
        let topics = Dictionary(grouping: visible.filter { $0.name.contains(":") }, by: \.topic).keys.sorted()
        let topicRows = topics.map { topic in (topic, Topics.abstract(of: topic)) }
        let commands = visible.filter { !$0.name.contains(":") }.sorted { $0.name < $1.name }
        let aliases = visible.flatMap { command in command.aliases.map { ($0, command.abstract) } }
            .filter { !$0.0.contains(":") }
        let commandRows = (commands.map { ($0.name, $0.abstract) } + aliases).sorted { $0.0 < $1.0 }
        return """
            Heroku on your own machine

            VERSION
              \(version)

            USAGE
              $ paas [COMMAND]

            TOPICS
            \(columns(topicRows))

            COMMANDS
            \(columns(commandRows))

            """
    }

    /// The commands below a topic.
    package static func commands(ofTopic topic: String, in index: CommandIndex) -> String {
        let rows = index.commands.filter { !$0.isHidden && $0.name.hasPrefix(topic + ":") }
            .sorted { $0.name < $1.name }.map { ($0.name, $0.abstract) }
        return "COMMANDS\n\(columns(rows))\n"
    }

    static func label(_ flag: Flag) -> String {
        let value = flag.placeholder.map { "=<\($0)>" } ?? ""
        return "\(flag.short.map { "-\($0), " } ?? "    ")--\(flag.name)\(value)"
    }

    /// Two columns, two blanks in front and between.
    private static func columns(_ rows: [(String, String)]) -> String {
        let width = rows.map(\.0.displayWidth).max() ?? 0
        return rows.map { name, text in
            let lines = ErrorText.wrapped(text, to: max(30, 96 - width))
            return lines.enumerated().map { index, line in
                "  \((index == 0 ? name : "").padded(to: width))  \(line)"
            }.joined(separator: "\n")
        }.joined(separator: "\n")
    }
}

extension String {
    var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
