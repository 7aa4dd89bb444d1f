/// A JSON value that keeps the order of members and the digits of numbers, so that a document comes back as it came.
/// Source: RFC 8259.
package enum JSON: Sendable, Equatable {
    package struct Member: Sendable, Equatable {
        package var name: String
        package var value: JSON

        package init(_ name: String, _ value: JSON) {
            self.name = name
            self.value = value
        }
    }

    case null
    case bool(Bool)
    /// As it was written.
    case number(String)
    case text(String)
    case list([JSON])
    case object([Member])

    package static func int(_ value: some BinaryInteger) -> JSON { .number("\(value)") }

    /// What is no number in JSON is null.
    package static func double(_ value: Double) -> JSON { value.isFinite ? .number("\(value)") : .null }

    /// A score, with the digits that Elasticsearch shows: those of a 32-bit number.
    package static func score(_ value: Double) -> JSON { value.isFinite ? .number("\(Float(value))") : .null }

    // MARK: Looking into it

    /// The member of that name; `nil` for none, and for null.
    package subscript(name: String) -> JSON? {
        guard case .object(let members) = self, let member = members.first(where: { $0.name == name }),
            member.value != .null
        else { return nil }
        return member.value
    }

    package var text: String? { if case .text(let text) = self { text } else { nil } }
    package var list: [JSON]? { if case .list(let list) = self { list } else { nil } }
    package var members: [Member]? { if case .object(let members) = self { members } else { nil } }

    /// A number or a boolean is text, too, where text is asked for.
    package var scalarText: String? {
        switch self {
        case .text(let text), .number(let text): text
        case .bool(let value): value ? "true" : "false"
        case .null, .list, .object: nil
        }
    }

    /// Also of a number in quotes.
    package var double: Double? {
        switch self {
        case .number(let text), .text(let text): Double(text).flatMap { $0.isFinite ? $0 : nil }
        case .null, .bool, .list, .object: nil
        }
    }

    /// A whole number, also of one in quotes or with an empty fraction.
    package var int: Int? { scalarText.flatMap { Int($0) } ?? double.flatMap { Int(exactly: $0) } }

    /// Also of a boolean in quotes.
    package var bool: Bool? {
        switch self {
        case .bool(let value): value
        case .text("true"): true
        case .text("false"): false
        case .null, .text, .number, .list, .object: nil
        }
    }

    /// The elements of a list, or the value alone.
    package var elements: [JSON] { list ?? [self] }

    /// What its kind is called in messages.
    var kind: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .number: "number"
        case .text: "string"
        case .list: "array"
        case .object: "object"
        }
    }

    // MARK: Changing it

    /// Sets a member in its place, or as the last one. What is no object becomes one.
    mutating func set(_ name: String, _ value: JSON) {
        var members = self.members ?? []
        if let index = members.firstIndex(where: { $0.name == name }) {
            members[index].value = value
        } else {
            members.append(Member(name, value))
        }
        self = .object(members)
    }

    /// With another object's members on top, and theirs on top of members that are objects themselves.
    func merged(with other: JSON) -> JSON {
        guard case .object = self, case .object(let changes) = other else { return other }
        var result = self
        for change in changes {
            result.set(change.name, self[change.name].map { $0.merged(with: change.value) } ?? change.value)
        }
        return result
    }

    // MARK: Writing it

    package var encoded: [UInt8] {
        var bytes: [UInt8] = []
        write(to: &bytes)
        return bytes
    }

    package var encodedText: String { String(decoding: encoded, as: UTF8.self) }

    package func write(to bytes: inout [UInt8]) {
        switch self {
        case .null: bytes += "null".utf8
        case .bool(let value): bytes += (value ? "true" : "false").utf8
        case .number(let text): bytes += text.utf8
        case .text(let text): Self.write(text, to: &bytes)
        case .list(let list):
            bytes.append(UInt8(ascii: "["))
            for (index, value) in list.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                value.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                Self.write(member.name, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                member.value.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private static func write(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0x0A: bytes += "\\n".utf8
            case 0x0D: bytes += "\\r".utf8
            case 0x09: bytes += "\\t".utf8
            case ..<0x20:
                let digits = String(byte, radix: 16)
                bytes += "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}

// MARK: Values as they are written in code

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .text(value) }
    package init(integerLiteral value: Int) { self = .int(value) }
    package init(floatLiteral value: Double) { self = .double(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(arrayLiteral elements: JSON...) { self = .list(elements) }
    package init(dictionaryLiteral elements: (String, JSON)...) { self = .object(elements.map { Member($0.0, $0.1) }) }
}
