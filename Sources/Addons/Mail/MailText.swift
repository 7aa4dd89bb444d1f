/// Bytes of a mail as text: character sets, quoted-printable, encoded words.
enum MailText {
    /// - Parameter charset: what the mail says; what is not known is taken for UTF-8 and repaired.
    static func decode(_ bytes: some Collection<UInt8>, charset: String) -> String {
        switch charset.lowercased() {
        case "iso-8859-1", "latin1", "windows-1252", "cp1252", "iso-8859-15":
            var text = String.UnicodeScalarView()
            for byte in bytes { text.append(Unicode.Scalar(windows1252[byte] ?? UInt16(byte)) ?? "\u{FFFD}") }
            return String(text)
        case "utf-16", "utf-16be", "utf-16le":
            let isLittle = charset.lowercased() == "utf-16le" || bytes.starts(with: [0xFF, 0xFE])
            var units: [UInt16] = []
            var iterator = bytes.makeIterator()
            while let first = iterator.next(), let second = iterator.next() {
                units.append(isLittle ? UInt16(second) << 8 | UInt16(first) : UInt16(first) << 8 | UInt16(second))
            }
            if units.first == 0xFEFF { units.removeFirst() }
            return String(decoding: units, as: UTF16.self)
        default: return String(decoding: bytes, as: UTF8.self)
        }
    }

    /// Where it differs from Latin 1.
    private static let windows1252: [UInt8: UInt16] = [
        0x80: 0x20AC, 0x82: 0x201A, 0x83: 0x0192, 0x84: 0x201E, 0x85: 0x2026, 0x86: 0x2020, 0x87: 0x2021,
        0x88: 0x02C6, 0x89: 0x2030, 0x8A: 0x0160, 0x8B: 0x2039, 0x8C: 0x0152, 0x8E: 0x017D, 0x91: 0x2018,
        0x92: 0x2019, 0x93: 0x201C, 0x94: 0x201D, 0x95: 0x2022, 0x96: 0x2013, 0x97: 0x2014, 0x98: 0x02DC,
        0x99: 0x2122, 0x9A: 0x0161, 0x9B: 0x203A, 0x9C: 0x0153, 0x9E: 0x017E, 0x9F: 0x0178,
    ]

    /// Source: RFC 2045 §6.7; what is malformed stays as it is.
    static func decodeQuotedPrintable(_ text: some Collection<UInt8>, underscoreIsSpace: Bool = false) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        let text = Array(text)
        var index = 0
        while index < text.count {
            let byte = text[index]
            index += 1
            guard byte == UInt8(ascii: "=") else {
                bytes.append(byte == UInt8(ascii: "_") && underscoreIsSpace ? 0x20 : byte)
                continue
            }
            if index + 1 < text.count, let high = digit(text[index]), let low = digit(text[index + 1]) {
                bytes.append(high << 4 | low)
                index += 2
                continue
            }
            // A soft line break, which spaces may precede.
            var end = index
            while end < text.count, text[end] == 0x20 || text[end] == 0x09 { end += 1 }
            if end < text.count, text[end] == 0x0D { end += 1 }
            if end < text.count, text[end] == 0x0A {
                index = end + 1
            } else if end < text.count {
                bytes.append(byte)
            } else {
                index = end
            }
        }
        return bytes
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }

    /// A header's value with its encoded words decoded. Source: RFC 2047.
    static func decodeWords(_ value: String) -> String {
        guard value.contains("=?") else { return value }
        var result = ""
        var rest = value[...]
        var endsWithWord = false
        while let start = rest.firstRange(of: "=?") {
            let between = rest[..<start.lowerBound]
            guard let (word, end) = word(in: rest[start.upperBound...]) else {
                result += rest[..<start.upperBound]
                rest = rest[start.upperBound...]
                endsWithWord = false
                continue
            }
            // White space between two of them is part of neither.
            if !endsWithWord || !between.allSatisfy(\.isWhitespace) { result += between }
            result += word
            rest = rest[end...]
            endsWithWord = true
        }
        return result + rest
    }

    /// - Parameter text: from behind the `=?` on: `utf-8?q?caf=C3=A9?=`.
    private static func word(in text: Substring) -> (String, Substring.Index)? {
        let parts = text.split(separator: "?", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, parts[3].hasPrefix("="), !parts[0].isEmpty, parts[1].count == 1 else { return nil }
        let charset = parts[0].split(separator: "*").first.map(String.init) ?? ""
        let bytes: [UInt8]
        switch parts[1].lowercased() {
        case "b": bytes = Base64.decode(parts[2].utf8, isStrict: false) ?? []
        case "q": bytes = decodeQuotedPrintable(Array(parts[2].utf8), underscoreIsSpace: true)
        default: return nil
        }
        return (decode(bytes, charset: charset), parts[3].index(after: parts[3].startIndex))
    }

    /// A header's value of ASCII alone; what is not becomes encoded words. Control characters become spaces, so that
    /// no value can add a header.
    static func encodeWords(_ value: String) -> String {
        let plain = String(value.map { $0.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F } ? " " : $0 })
        guard plain.utf8.contains(where: { $0 > 0x7E }) || plain.contains("=?") else { return plain }
        var words: [String] = []
        var part = ""
        for character in plain {
            if part.utf8.count + character.utf8.count > 45, !part.isEmpty {
                words.append(part)
                part = ""
            }
            part.append(character)
        }
        if !part.isEmpty { words.append(part) }
        return words.map { "=?utf-8?B?\(Base64.encode($0.utf8))?=" }.joined(separator: "\r\n ")
    }
}
