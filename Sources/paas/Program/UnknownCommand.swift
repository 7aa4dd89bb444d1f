import Console

/// What happens when no command has the name that was typed. Source: heroku-cli.md §1.3.
enum UnknownCommand {
    static func handle(_ words: [String], _ index: CommandIndex, _ terminal: Terminal) async throws {
        let typed = words[0]
        if let topic = HerokuTopics.name(of: words) { throw unavailable(topic, index) }
        terminal.warn("\(typed) is not a paas command.")
        if let suggestion = index.nearest(to: typed), terminal.canAsk,
            terminal.confirm("Did you mean \(suggestion)?", defaultsToYes: true)
        {
            guard let command = index.command(named: suggestion) else { return }
            let invocation = try CommandLineParser.parse(Array(words.dropFirst()), for: command)
            return try await command.body(invocation)
        }
        let topic = typed.split(separator: ":").first.map(String.init) ?? typed
        let help = index.hasTopic(topic) ? "paas help \(topic)" : "paas help"
        var failure = Failure("Run \(help) for a list of available commands.", exitCode: 127)
        if let suggestion = index.nearest(to: typed), EditDistance.between(typed, suggestion) <= max(1, typed.count / 3)
        {
            failure.mend = ["paas \(suggestion)"]
        }
        throw failure
    }

    private static func unavailable(_ name: String, _ index: CommandIndex) -> Failure {
        let topic = name.split(separator: ":").first.map(String.init) ?? name
        let relatives = index.commands.filter { !$0.isHidden && $0.topic == topic }.map { "paas \($0.name)" }
        return Failure(
            "\(name) is a command of Heroku's CLI that paas \(PlatformEdition.text) does not have yet.",
            mend: relatives + ["paas help  # all commands there are"])
    }
}
