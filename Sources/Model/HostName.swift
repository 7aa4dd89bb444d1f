/// The name of a host that an app may have; lower case, without a dot at its end. Once you hold one, it is valid.
package struct HostName: Hashable, Sendable, CustomStringConvertible {
    /// `www.example.test`; `*.example.test` stands for every name below `example.test`.
    package let text: String

    package var isWildcard: Bool { text.hasPrefix("*.") }

    /// What every name that a wildcard stands for ends in: `.example.test`.
    package var suffix: String? { isWildcard ? String(text.dropFirst()) : nil }

    /// Whether nobody can own it in the world: whatever it leads to is this machine's own affair.
    package let isLocal: Bool

    /// Domains that nobody can own. Source: RFC 2606, 6761, 6762, 8375.
    package static let localDomains = ["localhost", "test", "example", "invalid", "local", "internal", "home.arpa"]

    /// Takes capital letters and a dot at the end as well.
    ///
    /// - Throws: ``InvalidHostName`` unless it is two or more labels of letters, digits and dashes (RFC 1123), the
    ///   first of which may be `*` when two more follow, and neither an address nor a name below `localhost`.
    package init(_ text: String) throws(InvalidHostName) {
        var name = text.lowercased()
        if name.hasSuffix(".") { name.removeLast() }
        guard name.utf8.allSatisfy({ $0 < 0x80 }) else { throw .notASCII(text) }
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        let isWildcard = labels.first == "*"
        let plain = isWildcard ? labels.dropFirst() : labels[...]
        guard name.utf8.count <= 253, plain.allSatisfy({ Self.isLabel($0) }) else { throw .malformed(text) }
        guard plain.count >= 2 || plain.last == "localhost" else { throw isWildcard ? .tooWide(text) : .oneLabel(text) }
        guard plain.last != "localhost" else { throw .reserved(text) }
        guard plain.last?.utf8.allSatisfy({ (0x30...0x39).contains($0) }) == false else { throw .address(text) }
        self.text = name
        isLocal = Self.localDomains.contains { name == $0 || name.hasSuffix(".\($0)") }
    }

    private static func isLabel(_ label: Substring) -> Bool {
        guard (1...63).contains(label.utf8.count), label.first != "-", label.last != "-" else { return false }
        return label.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
        }
    }

    package var description: String { text }
}

/// Why a text is no name of a host that an app may have.
package enum InvalidHostName: Explained, Equatable {
    case malformed(String)
    case oneLabel(String)
    case tooWide(String)
    case notASCII(String)
    case address(String)
    case reserved(String)

    package var explanation: Explanation {
        switch self {
        case .malformed(let text):
            Explanation(
                "\(Self.shown(text)) is not a valid domain name",
                because:
                    "It is made of labels of letters, digits and dashes with dots between them, without a scheme, a"
                    + " port or a path.", mend: ["paas domains:add www.example.test"])
        case .oneLabel(let text):
            Explanation(
                "\(Self.shown(text)) is not a valid domain name", because: "It needs at least one dot.",
                mend: ["paas domains:add \(Self.shown(text)).test"])
        case .tooWide(let text):
            Explanation(
                "\(Self.shown(text)) is not a valid domain name",
                because: "A wildcard stands for the names below a domain, which has a dot itself.",
                mend: ["paas domains:add '*.example.test'"])
        case .notASCII(let text):
            Explanation(
                "\(Self.shown(text)) is not a valid domain name",
                because: "Letters outside of ASCII are written in the form that begins with xn-- (Punycode).",
                mend: ["python3 -c 'import sys; print(sys.argv[1].encode(\"idna\").decode())' '\(Self.shown(text))'"])
        case .address(let text):
            Explanation(
                "\(Self.shown(text)) is not a valid domain name", because: "An address is no name.",
                mend: ["paas domains:add www.example.test"])
        case .reserved(let text):
            Explanation(
                "\(Self.shown(text)) can't be added",
                because: "Names below localhost are the platform's own: each app has NAME.localhost.",
                mend: ["paas apps:rename NEWNAME", "paas domains:add www.example.test"])
        }
    }

    /// Without what would confuse a terminal, and not longer than a line.
    private static func shown(_ text: String) -> String {
        String(
            text.filter { character in
                character.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F } && character != "'"
            }.prefix(80))
    }
}
