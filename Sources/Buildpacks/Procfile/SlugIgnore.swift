/// `.slugignore`: patterns of files that stay out of the slug and out of the build's sight.
///
/// The patterns are those of `.gitignore` without negation: `*`, `?`, `[a-z]`, `**`, a leading or inner slash ties a
/// pattern to the root, a trailing one means folders. Source: heroku-platform.md §8.
package struct SlugIgnore: Sendable {
    private struct Pattern: Sendable {
        var components: [[Character]]
        var isTied: Bool
        var onlyFolders: Bool
    }
    private let patterns: [Pattern]
    /// Lines with `!`, which Heroku does not read as negation.
    package let unsupported: [String]

    /// - Parameter text: the file's content; lines that start with `#` are comments.
    package init(_ text: String) {
        var patterns: [Pattern] = []
        var unsupported: [String] = []
        for line in text.split(whereSeparator: \.isNewline) {
            let entry = line.trimming(\.isWhitespace)
            if entry.isEmpty || entry.hasPrefix("#") { continue }
            if entry.hasPrefix("!") {
                unsupported.append(String(entry))
                continue
            }
            let onlyFolders = entry.hasSuffix("/")
            let body = onlyFolders ? entry.dropLast() : entry
            let components = body.split(separator: "/").map { Array($0) }
            if components.isEmpty { continue }
            patterns.append(Pattern(components: components, isTied: body.contains("/"), onlyFolders: onlyFolders))
        }
        self.patterns = patterns
        self.unsupported = unsupported
    }

    package var isEmpty: Bool { patterns.isEmpty }

    /// Whether the file or folder at `path` (relative, with slashes) goes.
    package func matches(_ path: String, isFolder: Bool) -> Bool {
        let parts = path.split(separator: "/").map { Array($0) }
        return patterns.contains { pattern in
            if pattern.onlyFolders, !isFolder { return false }
            if pattern.isTied { return Self.match(pattern.components[...], parts[...]) }
            guard let glob = pattern.components.first, let name = parts.last else { return false }
            return Self.match(glob[...], name[...])
        }
    }

    private static func match(_ pattern: ArraySlice<[Character]>, _ path: ArraySlice<[Character]>) -> Bool {
        guard let first = pattern.first else { return path.isEmpty }
        if first == ["*", "*"] {
            // At the end it means everything below, so not the folder itself.
            if pattern.count == 1 { return !path.isEmpty }
            return path.indices.contains { match(pattern.dropFirst(), path[$0...]) }
        }
        guard let name = path.first, match(first[...], name[...]) else { return false }
        return match(pattern.dropFirst(), path.dropFirst())
    }

    /// One name against one glob, in time that grows with the product of their lengths at most.
    private static func match(_ glob: ArraySlice<Character>, _ name: ArraySlice<Character>) -> Bool {
        var glob = glob
        var name = name
        var retry: (glob: ArraySlice<Character>, name: ArraySlice<Character>)?
        while true {
            if glob.first == "*" {
                glob = glob.dropFirst()
                retry = (glob, name)
                continue
            }
            if let character = name.first, let rest = step(glob, character) {
                glob = rest
                name = name.dropFirst()
                continue
            }
            if glob.isEmpty, name.isEmpty { return true }
            guard let last = retry, !last.name.isEmpty else { return false }
            glob = last.glob
            name = last.name.dropFirst()
            retry = (glob, name)
        }
    }

    /// What is left of `glob` after its first element has met `character`; `nil` when they differ.
    private static func step(_ glob: ArraySlice<Character>, _ character: Character) -> ArraySlice<Character>? {
        switch glob.first {
        case nil: return nil
        case "?": return glob.dropFirst()
        case "\\": return glob.dropFirst().first == character ? glob.dropFirst(2) : nil
        case "[":
            guard let end = glob.dropFirst(2).firstIndex(of: "]") else {
                return character == "[" ? glob.dropFirst() : nil
            }
            var set = glob[(glob.startIndex + 1)..<end]
            let isNegated = set.first == "!" || set.first == "^"
            if isNegated { set = set.dropFirst() }
            var isIn = false
            var index = set.startIndex
            while index < set.endIndex {
                if index + 2 < set.endIndex, set[index + 1] == "-" {
                    isIn = isIn || (set[index] <= character && character <= set[index + 2])
                    index += 3
                } else {
                    isIn = isIn || set[index] == character
                    index += 1
                }
            }
            return isIn != isNegated ? glob[(end + 1)...] : nil
        case .some(let literal): return literal == character ? glob.dropFirst() : nil
        }
    }
}
