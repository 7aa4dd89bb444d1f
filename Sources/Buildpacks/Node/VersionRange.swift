/// A range of versions as `engines.node` writes it: `20.x`, `^18.2`, `>=16 <21`, `18 || 20`, `1.2 - 2.3`.
///
/// Source: the node-semver README, "Ranges". Pre-release tags are read and dropped.
struct VersionRange: Sendable {
    private struct Bounds: Sendable {
        var from = NodeVersion(0, 0, 0)
        /// Not in the range any more; `nil` for no end.
        var below: NodeVersion?

        func contains(_ version: NodeVersion) -> Bool {
            version >= from && (below.map { version < $0 } ?? true)
        }

        mutating func narrow(to other: Bounds) {
            from = max(from, other.from)
            guard let end = other.below else { return }
            below = below.map { min($0, end) } ?? end
        }
    }
    private let alternatives: [Bounds]

    /// - Returns: `nil` for what is no range.
    init?(_ text: String) {
        var alternatives: [Bounds] = []
        let text = text.replacing("||", with: "|")
        for part in text.split(separator: "|", omittingEmptySubsequences: false) {
            guard let bounds = Self.comparators(part) else { return nil }
            alternatives.append(bounds)
        }
        self.alternatives = alternatives
    }

    func contains(_ version: NodeVersion) -> Bool { alternatives.contains { $0.contains(version) } }

    /// The smallest version it would take, for a person who has to install one.
    var start: NodeVersion? { alternatives.map(\.from).max() }

    private static func comparators(_ text: Substring) -> Bounds? {
        var words = text.split(whereSeparator: \.isWhitespace)
        var bounds = Bounds()
        if words.count == 3, words[1] == "-" {
            guard let low = Partial(words[0]), let high = Partial(words[2]) else { return nil }
            bounds.narrow(to: Bounds(from: low.floor, below: high.ceiling))
            return bounds
        }
        // `>= 16` is one comparator.
        var joined: [String] = []
        while let word = words.first {
            words.removeFirst()
            if word.allSatisfy({ "<>=^~".contains($0) }), let next = words.first {
                joined.append("\(word)\(next)")
                words.removeFirst()
            } else {
                joined.append(String(word))
            }
        }
        for word in joined {
            guard let one = comparator(word) else { return nil }
            bounds.narrow(to: one)
        }
        return bounds
    }

    private static func comparator(_ word: String) -> Bounds? {
        let mark = word.prefix { "<>=^~".contains($0) }
        guard let partial = Partial(word.dropFirst(mark.count)) else { return nil }
        switch mark {
        case "", "=": return Bounds(from: partial.floor, below: partial.ceiling)
        case ">=": return Bounds(from: partial.floor, below: nil)
        case ">": return partial.ceiling.map { Bounds(from: $0, below: nil) } ?? Bounds(from: NodeVersion(.max, 0, 0))
        case "<": return Bounds(below: partial.floor)
        case "<=": return Bounds(below: partial.ceiling)
        case "~", "~>": return Bounds(from: partial.floor, below: partial.tildeCeiling)
        case "^": return Bounds(from: partial.floor, below: partial.caretCeiling)
        default: return nil
        }
    }

    /// `20`, `20.x`, `20.11`, `20.11.1`, `*`.
    private struct Partial {
        var major: Int?
        var minor: Int?
        var patch: Int?

        init?(_ text: Substring) {
            var text = text
            if text.first == "v" || text.first == "V" { text = text.dropFirst() }
            text = text.prefix { $0 != "-" && $0 != "+" }
            var numbers: [Int?] = []
            for part in text.split(separator: ".", omittingEmptySubsequences: false) {
                if ["", "x", "X", "*"].contains(part) {
                    numbers.append(nil)
                } else if let number = Int(part), (0..<1_000_000).contains(number) {
                    numbers.append(number)
                } else {
                    return nil
                }
            }
            guard numbers.count <= 3 else { return nil }
            numbers += [Int?](repeating: nil, count: 3 - numbers.count)
            major = numbers[0]
            minor = major == nil ? nil : numbers[1]
            patch = minor == nil ? nil : numbers[2]
        }

        var floor: NodeVersion { NodeVersion(major ?? 0, minor ?? 0, patch ?? 0) }

        /// The first version above everything this stands for.
        var ceiling: NodeVersion? {
            guard let major else { return nil }
            guard let minor else { return NodeVersion(major + 1, 0, 0) }
            return patch.map { NodeVersion(major, minor, $0 + 1) } ?? NodeVersion(major, minor + 1, 0)
        }

        var tildeCeiling: NodeVersion? {
            guard let major else { return nil }
            return minor.map { NodeVersion(major, $0 + 1, 0) } ?? NodeVersion(major + 1, 0, 0)
        }

        var caretCeiling: NodeVersion? {
            guard let major else { return nil }
            guard major == 0, let minor else { return NodeVersion(major + 1, 0, 0) }
            guard minor == 0, let patch else { return NodeVersion(0, minor + 1, 0) }
            return NodeVersion(0, 0, patch + 1)
        }
    }
}
