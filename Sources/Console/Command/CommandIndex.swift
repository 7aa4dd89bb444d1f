/// Finds commands by what is typed: `ps:scale`, `ps scale`, an alias.
package struct CommandIndex: Sendable {
    package let commands: [Command]

    package init(_ commands: [Command]) { self.commands = commands }

    package func command(named name: String) -> Command? {
        commands.first { $0.name == name } ?? commands.first { $0.aliases.contains(name) }
    }

    /// The command of the longest name that the first words make, and the words behind it.
    package func resolve(_ words: [String]) -> (command: Command, arguments: [String])? {
        let leading = words.prefix(3).prefix { !$0.hasPrefix("-") && !$0.isEmpty }
        for count in stride(from: leading.count, to: 0, by: -1) {
            // Only a bare topic takes further words into its name.
            if count > 1, leading.prefix(count).contains(where: { $0.contains(":") }) { continue }
            if let command = command(named: leading.prefix(count).joined(separator: ":")) {
                return (command, Array(words.dropFirst(count)))
            }
        }
        return nil
    }

    /// Whether commands exist below this topic.
    package func hasTopic(_ topic: String) -> Bool {
        commands.contains { !$0.isHidden && ($0.name == topic || $0.name.hasPrefix(topic + ":")) }
    }

    /// The name, or alias, that differs least from what was typed.
    package func nearest(to typed: String) -> String? {
        let names = commands.filter { !$0.isHidden }.flatMap { [$0.name] + $0.aliases }
        return names.min { left, right in
            let distances = (EditDistance.between(typed, left), EditDistance.between(typed, right))
            return distances.0 == distances.1 ? left < right : distances.0 < distances.1
        }
    }
}
