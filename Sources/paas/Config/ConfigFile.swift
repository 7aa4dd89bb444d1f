import Console

/// Config vars as a file of `KEY=value` lines that a person edits.
enum ConfigFile {
    static func text(of vars: [String: String]) -> String {
        vars.sorted { $0.key < $1.key }.map { "\($0.key)=\(ShellQuoting.quoted($0.value))\n" }.joined()
    }

    /// - Throws: ``Failure`` naming the line that is no assignment.
    static func parse(_ text: String) throws(Failure) -> [String: String] {
        var vars: [String: String] = [:]
        for line in text.split(separator: "\n") where line.contains(where: { !$0.isWhitespace }) && !line.hasPrefix("#")
        {
            guard let equals = line.firstIndex(of: "="), equals > line.startIndex,
                let value = unquoted(line[line.index(after: equals)...])
            else { throw Failure("Invalid line: \(line)") }
            vars[String(line[..<equals])] = value
        }
        return vars
    }

    /// `- OLD` and `+ NEW` lines, sorted by key.
    static func difference(_ before: [String: String], _ after: [String: String]) -> [String] {
        Set(before.keys).union(after.keys).sorted().flatMap { key -> [String] in
            guard before[key] != after[key] else { return [] }
            return [before[key].map { "- \(key)=\(quoted($0))" }, after[key].map { "+ \(key)=\(quoted($0))" }]
                .compactMap(\.self)
        }
    }

    private static func quoted(_ value: String) -> String {
        let text = ShellQuoting.quoted(value)
        return text == value ? "'\(value)'" : text
    }

    private static func unquoted(_ text: Substring) -> String? {
        guard let first = text.first, first == "'" || first == "\"" else { return String(text) }
        guard text.count >= 2, text.last == first else { return nil }
        let inner = text.dropFirst().dropLast()
        guard first == "\"" else { return String(inner) }
        var value = ""
        var rest = inner
        while let character = rest.popFirst() {
            guard character == "\\", let next = rest.popFirst() else {
                value.append(character)
                continue
            }
            value.append(next == "n" ? "\n" : next)
        }
        return value
    }
}
