internal import Model

/// Config var values that must not show in a build's output, whoever prints them.
///
/// Hides values that can be a secret: six bytes or more, and either a name that says so (`SECRET_KEY`, `API_TOKEN`,
/// `DATABASE_URL`) or a digit in the value. `NODE_ENV=production` stays readable, or paths and logs would be riddled.
struct Secrets: Sendable {
    private var values: [[UInt8]] = []

    init() {}

    init(_ config: ConfigVars) {
        for (key, value) in config.revealed {
            if key == Self.buildpackVariable {
                if let user = Self.userInformation(in: value) { values.append(Array(user.utf8)) }
                continue
            }
            let isNamedSecret = Self.marks.contains { key.uppercased().contains($0) }
            let hasDigit = value.utf8.contains { (0x30...0x39).contains($0) }
            guard isNamedSecret || hasDigit else { continue }
            // A value of several lines arrives line by line.
            for line in value.split(whereSeparator: \.isNewline) where line.utf8.count >= 6 {
                values.append(Array(line.utf8))
            }
        }
        values.sort { $0.count > $1.count }
    }

    func hidden(in line: [UInt8]) -> [UInt8] {
        var line = line
        for value in values where line.count >= value.count { Self.replace(value, in: &line) }
        return line
    }

    /// Names code to fetch, and a build says which: only whoever may fetch it is a secret.
    private static let buildpackVariable = "BUILDPACK_URL"

    /// `user:password` of `https://user:password@host/path`.
    private static func userInformation(in url: String) -> Substring? {
        guard let scheme = url.firstRange(of: "://") else { return nil }
        let authority = url[scheme.upperBound...].prefix { !"/?#".contains($0) }
        guard let at = authority.lastIndex(of: "@"), at > authority.startIndex else { return nil }
        return authority[..<at]
    }

    private static let marks = ["SECRET", "TOKEN", "KEY", "PASS", "PWD", "AUTH", "CREDENTIAL", "DSN", "URL", "URI"]
    private static let replacement = Array("[redacted]".utf8)

    private static func replace(_ value: [UInt8], in line: inout [UInt8]) {
        guard let first = value.first else { return }
        var index = 0
        while index + value.count <= line.count {
            if line[index] == first, line[index..<(index + value.count)].elementsEqual(value) {
                line.replaceSubrange(index..<(index + value.count), with: replacement)
                index += replacement.count
            } else {
                index += 1
            }
        }
    }
}
