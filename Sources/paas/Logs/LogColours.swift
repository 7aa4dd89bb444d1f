import Console

/// Colours log lines by who speaks and what is said. Source: heroku-cli.md §5.
struct LogColours {
    private static let palette: [Style] = [
        .yellow, .green, .cyan, .magenta, .blue, .teal, .pink, .addon, .magenta, .orange,
    ]
    private var assigned: [String: Style] = [:]

    init() { for name in ["run", "router", "web", "postgres", "heroku-postgres"] { _ = style(for: name) } }

    mutating func coloured(_ line: String) -> String {
        guard let bracket = line.firstIndex(of: "["), let close = line[bracket...].firstIndex(of: "]"),
            line.index(after: close) < line.endIndex, line[line.index(after: close)] == ":"
        else { return line }
        let headerEnd = line.index(close, offsetBy: 2)
        let name = line[line.index(after: bracket)..<close].prefix { $0 != "." }
        let header = style(for: String(name)).applied(to: String(line[..<headerEnd]))
        let body = String(line[headerEnd...])
        let source = line[..<bracket].split(separator: " ").last ?? ""
        return header + (body.isEmpty ? "" : colouredBody(body, source: source, name: name))
    }

    private mutating func style(for name: String) -> Style {
        if let style = assigned[name] { return style }
        let style = Self.palette[assigned.count % Self.palette.count]
        assigned[name] = style
        return style
    }

    private mutating func colouredBody(_ body: String, source: Substring, name: Substring) -> String {
        if name == "router" { return " " + body.split(separator: " ").map { routerField($0) }.joined(separator: " ") }
        if source == "heroku" { return Self.platformBody(body) }
        if name == "api" { return Self.apiBody(body) }
        return body
    }

    private mutating func routerField(_ field: Substring) -> String {
        guard let equals = field.firstIndex(of: "=") else { return Style.dim.applied(to: String(field)) }
        let key = field[...equals]
        let value = String(field[field.index(after: equals)...])
        let style: Style? =
            switch field[..<equals] {
            case "at": value == "error" ? .red : nil
            case "code": .red
            case "method": .magenta
            case "path": .green
            case "dyno": style(for: String(value.prefix { $0 != "." }))
            case "status": Self.statusStyle(value)
            case "connect", "service": Self.timeStyle(value)
            default: nil
            }
        return Style.dim.applied(to: String(key)) + (style ?? .dim).applied(to: value)
    }

    private static func statusStyle(_ value: String) -> Style? {
        switch value.first {
        case "2": .green
        case "3": .teal
        case "4": .orange
        case "5": .red
        default: nil
        }
    }

    private static func timeStyle(_ value: String) -> Style? {
        guard let milliseconds = Int(value.prefix(while: \.isNumber)) else { return nil }
        return switch milliseconds {
        case ..<100: .green
        case ..<500: .teal
        case ..<5000: .orange
        default: .red
        }
    }

    private static func platformBody(_ body: String) -> String {
        if body.contains("Process exited with status") {
            return (body.hasSuffix("status 0") ? Style.green : .red).applied(to: body)
        }
        if body.contains("Stopping all processes with SIGTERM") { return Style.red.applied(to: body) }
        if body.hasPrefix(" Unidling") || body.hasPrefix(" Restarting") { return Style.yellow.applied(to: body) }
        guard body.contains("State changed") else { return body }
        return body.split(separator: " ", omittingEmptySubsequences: false).map { word in
            switch word {
            case "up", "complete": Style.green.applied(to: String(word))
            case "down", "crashed": Style.red.applied(to: String(word))
            case "starting": Style.teal.applied(to: String(word))
            default: String(word)
            }
        }.joined(separator: " ")
    }

    private static func apiBody(_ body: String) -> String {
        if body.contains("Build succeeded") { return Style.green.applied(to: body) }
        if body.contains("Build failed") { return Style.red.applied(to: body) }
        var words = body.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        for index in words.indices.dropFirst() {
            if words[index - 1] == "Deploy" { words[index] = Style.cyan.applied(to: words[index]) }
            if words[index - 1] == "Release" { words[index] = Style.magenta.applied(to: words[index]) }
            if words[index - 1] == "user" { words[index] = Style.green.applied(to: words[index]) }
        }
        return words.joined(separator: " ")
    }
}
