/// The manual page (roff), made from the commands' declarations. Source: man(7).
package enum ManualPage {
    package static func text(_ index: CommandIndex, version: String) -> String {
        var lines = [
            ".TH PAAS 1 \"\" \"paas \(version)\" \"User Commands\"",
            ".SH NAME", "paas \\- Heroku on your own machine",
            ".SH SYNOPSIS", ".B paas", ".I COMMAND", "[\\fIarguments\\fR]",
            ".SH DESCRIPTION",
            "Runs apps on this machine the way Heroku does: \\fBgit push paas main\\fR builds an app and puts it live at",
            "http://NAME.localhost. A daemon does the work; every command that needs it starts it.",
            ".SH COMMANDS",
        ]
        for command in index.commands.filter({ !$0.isHidden }).sorted(by: { $0.name < $1.name }) {
            lines += [".SS \(escaped(HelpText.usage(command)))", escaped(command.abstract.capitalizedFirst) + "."]
            for flag in command.flags where !flag.isHidden {
                lines += [".TP", "\\fB\(escaped(HelpText.label(flag).trimmed))\\fR", escaped(flag.help)]
            }
            for paragraph in command.discussion.split(separator: "\n") { lines += [".PP", escaped(String(paragraph))] }
        }
        lines += [".SH ENVIRONMENT"]
        for (name, meaning) in environment { lines += [".TP", "\\fB\(name)\\fR", escaped(meaning)] }
        lines += [
            ".SH EXIT STATUS", "0 success, 1 failure, 2 wrong usage, 100 not logged in, 127 unknown command;",
            "\\fBpaas run \\-x\\fR ends with the status of the command it ran.",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    private static let environment = [
        ("PAAS_HOME", "the platform's folder; else $XDG_DATA_HOME/paas or ~/.local/share/paas"),
        ("PAAS_APP", "the app that commands are about; weaker than --app, stronger than git remotes"),
        ("PAAS_DAEMON", "path of paasd; else the one beside paas"),
        (
            "PAAS_COLOR, NO_COLOR, FORCE_COLOR",
            "PAAS_COLOR=0 or any NO_COLOR: no colours; FORCE_COLOR: colours in pipes too"
        ),
        ("VISUAL, EDITOR", "the editor of config:edit"),
    ]

    private static func escaped(_ text: String) -> String {
        let text = text.map { character in
            switch character {
            case "\\": "\\e"
            case "-": "\\-"
            default: String(character)
            }
        }.joined()
        return text.hasPrefix(".") || text.hasPrefix("'") ? "\\&" + text : text
    }
}

extension String {
    fileprivate var trimmed: String { String(drop { $0 == " " }) }
}
