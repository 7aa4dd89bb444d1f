/// Values as a shell reads them back. Source: heroku-cli.md §3.
package enum ShellQuoting {
    /// Bare where that is safe; in double quotes with escapes when it holds `'` or a newline; else in single quotes.
    package static func quoted(_ value: String) -> String {
        guard
            value.contains(where: { #"["!#$&'()*,:;<=>?@[\]^`{|}]"#.contains($0) || $0.isWhitespace })
                || value.isEmpty
        else { return value }
        guard value.contains("'") || value.contains(where: \.isNewline) else { return "'\(value)'" }
        var text = ""
        for character in value {
            switch character {
            case "\"", "\\", "$", "`", "!": text += "\\\(character)"
            case "\n": text += "\\n"
            default: text.append(character)
            }
        }
        return "\"\(text)\""
    }
}
