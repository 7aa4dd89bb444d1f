/// A JSON document, as far as manifests need it. Source: RFC 8259.
indirect enum JSON: Equatable, Sendable {
    case null
    case bool(Bool)
    /// As it is written.
    case number(String)
    case string(String)
    case array([JSON])
    /// In the order of the document; of two equal keys the later counts.
    case object([(key: String, value: JSON)])

    /// - Returns: `nil` unless the bytes are one JSON value, nested 200 deep at most; a byte-order mark is allowed.
    init?(_ bytes: [UInt8]) {
        var parser = Parser(bytes: bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes)
        guard let value = parser.value(depth: 0), parser.isAtEnd() else { return nil }
        self = value
    }

    subscript(key: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.key == key }?.value
    }

    var text: String? { if case .string(let text) = self { text } else { nil } }
    var members: [(key: String, value: JSON)] { if case .object(let members) = self { members } else { [] } }
    var elements: [JSON] { if case .array(let elements) = self { elements } else { [] } }

    static func == (left: JSON, right: JSON) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.number(let a), .number(let b)): a == b
        case (.string(let a), .string(let b)): a == b
        case (.array(let a), .array(let b)): a == b
        case (.object(let a), .object(let b)): a.elementsEqual(b, by: ==)
        case (.null, _), (.bool, _), (.number, _), (.string, _), (.array, _), (.object, _): false
        }
    }

    private struct Parser {
        let bytes: [UInt8]
        var at = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        var current: UInt8? { at < bytes.count ? bytes[at] : nil }

        mutating func isAtEnd() -> Bool {
            skipSpace()
            return at == bytes.count
        }

        mutating func skipSpace() {
            while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { at += 1 }
        }

        mutating func take(_ byte: Character) -> Bool {
            guard current == byte.asciiValue else { return false }
            at += 1
            return true
        }

        mutating func take(word: String) -> Bool {
            guard bytes[at...].starts(with: word.utf8) else { return false }
            at += word.utf8.count
            return true
        }

        mutating func value(depth: Int) -> JSON? {
            guard depth < 200 else { return nil }
            skipSpace()
            switch current {
            case UInt8(ascii: "{"): return object(depth)
            case UInt8(ascii: "["): return array(depth)
            case UInt8(ascii: "\""): return string().map(JSON.string)
            case UInt8(ascii: "t"): return take(word: "true") ? .bool(true) : nil
            case UInt8(ascii: "f"): return take(word: "false") ? .bool(false) : nil
            case UInt8(ascii: "n"): return take(word: "null") ? .null : nil
            default: return number()
            }
        }

        mutating func object(_ depth: Int) -> JSON? {
            at += 1
            var members: [(key: String, value: JSON)] = []
            skipSpace()
            if take("}") { return .object(members) }
            while true {
                skipSpace()
                guard current == UInt8(ascii: "\""), let key = string() else { return nil }
                skipSpace()
                guard take(":"), let value = value(depth: depth + 1) else { return nil }
                members.append((key, value))
                skipSpace()
                if take("}") { return .object(members) }
                guard take(",") else { return nil }
            }
        }

        mutating func array(_ depth: Int) -> JSON? {
            at += 1
            var elements: [JSON] = []
            skipSpace()
            if take("]") { return .array(elements) }
            while true {
                guard let value = value(depth: depth + 1) else { return nil }
                elements.append(value)
                skipSpace()
                if take("]") { return .array(elements) }
                guard take(",") else { return nil }
            }
        }

        mutating func number() -> JSON? {
            let start = at
            while let byte = current, (0x30...0x39).contains(byte) || "+-.eE".utf8.contains(byte) { at += 1 }
            let text = String(decoding: bytes[start..<at], as: UTF8.self)
            return Double(text) == nil ? nil : .number(text)
        }

        mutating func string() -> String? {
            at += 1
            var units: [UInt8] = []
            while let byte = current {
                at += 1
                switch byte {
                case UInt8(ascii: "\""): return String(validating: units, as: UTF8.self)
                case UInt8(ascii: "\\"):
                    guard let escaped = escape() else { return nil }
                    units += Array(String(escaped).utf8)
                default: units.append(byte)
                }
            }
            return nil
        }

        mutating func escape() -> Character? {
            guard let byte = current else { return nil }
            at += 1
            switch byte {
            case UInt8(ascii: "n"): return "\n"
            case UInt8(ascii: "t"): return "\t"
            case UInt8(ascii: "r"): return "\r"
            case UInt8(ascii: "b"): return "\u{8}"
            case UInt8(ascii: "f"): return "\u{C}"
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Character(UnicodeScalar(byte))
            case UInt8(ascii: "u"):
                guard let high = unit() else { return nil }
                if let scalar = UnicodeScalar(high) { return Character(scalar) }
                // Half of a pair needs the other half.
                guard take(word: "\\u"), let low = unit(), (0xD800..<0xDC00).contains(high),
                    (0xDC00..<0xE000).contains(low)
                else { return nil }
                let value = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)
                return UnicodeScalar(value).map { Character($0) }
            default: return nil
            }
        }

        mutating func unit() -> UInt32? {
            guard at + 4 <= bytes.count else { return nil }
            defer { at += 4 }
            return UInt32(String(decoding: bytes[at..<(at + 4)], as: UTF8.self), radix: 16)
        }
    }
}
