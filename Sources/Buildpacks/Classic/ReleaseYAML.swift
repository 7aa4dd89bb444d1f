/// What `bin/release` prints: maps and lists of plain texts, one level deep. Source: buildpack-api.md §1.3.
///
/// This is the part of YAML that release steps use: block maps and lists, `{}`, `[]` and quoted texts.
struct ReleaseYAML: Sendable {
    private(set) var maps: [String: [String: String]] = [:]
    private(set) var lists: [String: [String]] = [:]

    init(_ lines: [String]) {
        var section: String?
        for line in lines {
            let content = Substring(line).trimming(\.isWhitespace)
            if content.isEmpty || content.hasPrefix("#") || content.hasPrefix("---") || content == "..." { continue }
            if content.hasPrefix("- ") {
                if let section { lists[section, default: []].append(Self.scalar(content.dropFirst(2))) }
                continue
            }
            guard let (key, value) = Self.pair(content) else { continue }
            if line.first?.isWhitespace == true {
                if let section { maps[section, default: [:]][key] = Self.scalar(value) }
                continue
            }
            section = key
            if value.hasPrefix("["), value.hasSuffix("]") {
                lists[key] = value.dropFirst().dropLast().split(separator: ",").map { Self.scalar($0) }
            } else if value.hasPrefix("{"), value.hasSuffix("}") {
                for part in value.dropFirst().dropLast().split(separator: ",") {
                    if let (name, text) = Self.pair(part.trimming(\.isWhitespace)) {
                        maps[key, default: [:]][name] = Self.scalar(text)
                    }
                }
            }
        }
    }

    private static func pair(_ text: Substring) -> (key: String, value: Substring)? {
        guard
            let colon = text.indices.first(where: {
                text[$0] == ":" && (text.index(after: $0) == text.endIndex || text[text.index(after: $0)] == " ")
            })
        else { return nil }
        return (scalar(text[..<colon]), text[text.index(after: colon)...].trimming(\.isWhitespace))
    }

    private static func scalar(_ text: Substring) -> String {
        let text = text.trimming(\.isWhitespace)
        guard text.count >= 2, let first = text.first, first == text.last else { return String(text) }
        let inner = text.dropFirst().dropLast()
        switch first {
        case "'": return String(inner.replacing("''", with: "'"))
        case "\"": return String(inner.replacing("\\\"", with: "\"").replacing("\\\\", with: "\\"))
        default: return String(text)
        }
    }
}
