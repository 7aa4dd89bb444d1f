/// What a `requirements.txt` and the files it includes ask for.
struct Requirements: Sendable {
    /// Each file's path and bytes, in the order of inclusion.
    private(set) var files: [(path: String, bytes: [UInt8])] = []
    /// Nothing to install at all.
    private(set) var isEmpty = true
    /// Something of the app itself is installed (`-e .`), so the files alone don't tell the result.
    private(set) var hasLocalParts = false
    /// Names in `${NAME}`, which pip replaces from its environment.
    private(set) var variables: Set<String> = []

    init(_ path: String, in tree: WorkTree) { include(path, isConstraint: false, tree) }

    private mutating func include(_ path: String, isConstraint: Bool, _ tree: WorkTree) {
        guard !files.contains(where: { $0.path == path }), files.count < 64, let bytes = tree.read(path) else { return }
        files.append((path, bytes))
        guard let source = try? SourceText(bytes) else {
            // Not for us to judge: pip will say what is wrong with it.
            isEmpty = false
            return
        }
        for line in Self.logicalLines(source.lines) {
            collectVariables(line)
            if let (target, constrains) = Self.inclusion(line) {
                let folder = WorkTree.parent(of: path)
                include(folder.isEmpty ? target : "\(folder)/\(target)", isConstraint: constrains || isConstraint, tree)
                // One that is not there is an error, which pip explains.
                if !constrains, tree.read(folder.isEmpty ? target : "\(folder)/\(target)") == nil { isEmpty = false }
                continue
            }
            let isEditable = line.hasPrefix("-e") || line.hasPrefix("--editable")
            if isConstraint || line.hasPrefix("-") && !isEditable { continue }
            isEmpty = false
            let target = isEditable ? line.drop { $0 != " " && $0 != "=" }.dropFirst().trimming(\.isWhitespace) : line
            if target.hasPrefix(".") || target.hasPrefix("/") || target.contains("file:")
                || isEditable && !target.contains("://")
                || target.contains("/") && !target.contains("://") && !target.contains(";")
            {
                hasLocalParts = true
            }
        }
    }

    private mutating func collectVariables(_ line: Substring) {
        for match in line.matches(of: /\$\{([A-Z0-9_]+)\}/) { variables.insert(String(match.1)) }
    }

    private static func inclusion(_ line: Substring) -> (target: String, constrains: Bool)? {
        for (option, constrains) in [("--requirement", false), ("--constraint", true), ("-r", false), ("-c", true)]
        where line.hasPrefix(option) {
            let target = line.dropFirst(option.count).trimming { $0.isWhitespace || $0 == "=" }
            return (String(target), constrains)
        }
        return nil
    }

    /// Lines without comments and with continued ones joined.
    private static func logicalLines(_ lines: [Substring]) -> [Substring] {
        var result: [Substring] = []
        var pending = ""
        for line in lines {
            pending += line
            if pending.hasSuffix("\\") {
                pending.removeLast()
                continue
            }
            var content = Substring(pending)
            if content.trimming(\.isWhitespace).hasPrefix("#") { content = "" }
            if let comment = content.firstRange(of: " #") { content = content[..<comment.lowerBound] }
            let trimmed = content.trimming(\.isWhitespace)
            if !trimmed.isEmpty { result.append(trimmed) }
            pending = ""
        }
        let last = Substring(pending).trimming(\.isWhitespace)
        return last.isEmpty ? result : result + [last]
    }
}
