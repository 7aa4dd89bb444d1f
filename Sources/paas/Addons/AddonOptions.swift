import Console

/// What stands behind the plan: `--version 16`, `--key=value`, `--flag`. Source: heroku-cli.md §9.1.
enum AddonOptions {
    static func parse(_ words: [String]) throws(Failure) -> [String: String] {
        var options: [String: String] = [:]
        var rest = words.filter { $0 != "--" }[...]
        while let word = rest.popFirst() {
            guard word.hasPrefix("--"), word.utf8.count > 2 else { throw Failure("Unexpected argument \(word)") }
            let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let key = String(parts[0])
            if parts.count == 2 {
                options[key] = String(parts[1])
            } else if let value = rest.first, !value.hasPrefix("--") {
                options[key] = value
                rest.removeFirst()
            } else {
                options[key] = "true"
            }
        }
        return options
    }
}
