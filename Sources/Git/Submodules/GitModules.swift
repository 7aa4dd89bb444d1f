/// What a `.gitmodules` file says: where the repository for each path is. Includes and variables are not followed.
struct GitModules: Sendable {
    private var urls: [String: String] = [:]

    init() {}

    init(parsing text: String) {
        var current: (path: String?, url: String?) = (nil, nil)
        for line in text.split(whereSeparator: \.isNewline) + ["["[...]] {
            let line = Self.trimmed(line)
            if line.hasPrefix("[") {
                if let path = current.path, let url = current.url { urls[path] = url }
                current = (nil, nil)
            } else if let equals = line.firstIndex(of: "=") {
                let value = Self.value(line[line.index(after: equals)...])
                switch Self.trimmed(line[..<equals]).lowercased() {
                case "path": current.path = value
                case "url": current.url = value
                default: break
                }
            }
        }
    }

    /// Empty when nothing is said of `path`.
    func url(ofPath path: String) -> String { urls[path] ?? "" }

    /// A value of Git's configuration syntax: quotes keep blanks and comment signs, a backslash keeps what follows.
    private static func value(_ text: Substring) -> String {
        var result = ""
        var kept = 0
        var isQuoted = false
        var rest = trimmed(text)[...]
        while let character = rest.popFirst() {
            switch character {
            case "\"": isQuoted.toggle()
            case "\\": if let next = rest.popFirst() { result.append(next == "n" ? "\n" : next == "t" ? "\t" : next) }
            case "#" where !isQuoted, ";" where !isQuoted: return String(result.prefix(kept))
            default: result.append(character)
            }
            if isQuoted || !(character == " " || character == "\t") { kept = result.count }
        }
        return String(result.prefix(kept))
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        var rest = Substring(text)
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return String(rest)
    }
}
