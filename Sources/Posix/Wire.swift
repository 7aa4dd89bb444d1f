/// Builds a message of integers (big-endian), texts and byte strings with their lengths in front.
package struct ByteWriter: Sendable {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package mutating func put<Value: FixedWidthInteger>(_ value: Value) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    package mutating func put(_ value: Bool) { put(UInt8(value ? 1 : 0)) }

    /// - Precondition: fewer than 4 GiB.
    package mutating func put(_ value: some Collection<UInt8>) {
        put(UInt32(value.count))
        bytes.append(contentsOf: value)
    }

    package mutating func put(_ text: String) { put(Array(text.utf8)) }

    package mutating func put<Element>(list: [Element], _ each: (inout ByteWriter, Element) -> Void) {
        put(UInt32(list.count))
        for element in list { each(&self, element) }
    }

    package mutating func put(_ dictionary: [String: String]) {
        put(list: dictionary.sorted { $0.key < $1.key }) { writer, pair in
            writer.put(pair.key)
            writer.put(pair.value)
        }
    }
}

/// Reads what a ``ByteWriter`` wrote; hostile input makes it throw, never trap.
package struct ByteReader: Sendable {
    package struct Malformed: Error, Hashable {
        package init() {}
    }

    private var rest: ArraySlice<UInt8>

    package init(_ bytes: some Sequence<UInt8>) { rest = Array(bytes)[...] }

    package var isAtEnd: Bool { rest.isEmpty }

    package mutating func integer<Value: FixedWidthInteger>(_: Value.Type = Value.self) throws(Malformed) -> Value {
        let size = Value.bitWidth / 8
        guard rest.count >= size else { throw Malformed() }
        var value: Value = 0
        for byte in rest.prefix(size) {
            value = (Value.bitWidth == 8 ? 0 : value << 8) | Value(truncatingIfNeeded: byte)
        }
        rest = rest.dropFirst(size)
        return value
    }

    package mutating func bool() throws(Malformed) -> Bool {
        switch try integer(UInt8.self) {
        case 0: false
        case 1: true
        default: throw Malformed()
        }
    }

    package mutating func byteString() throws(Malformed) -> [UInt8] {
        let count = Int(try integer(UInt32.self))
        guard rest.count >= count else { throw Malformed() }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    package mutating func text() throws(Malformed) -> String { String(decoding: try byteString(), as: UTF8.self) }

    package mutating func list<Element>(
        _ each: (inout ByteReader) throws(Malformed) -> Element
    ) throws(Malformed) -> [Element] {
        let count = Int(try integer(UInt32.self))
        // Each element takes a byte at least, so a wild count is seen before anything is allocated.
        guard count <= rest.count else { throw Malformed() }
        var elements: [Element] = []
        for _ in 0..<count { elements.append(try each(&self)) }
        return elements
    }

    package mutating func dictionary() throws(Malformed) -> [String: String] {
        let pairs = try list { (reader) throws(Malformed) in (try reader.text(), try reader.text()) }
        return Dictionary(pairs, uniquingKeysWith: { $1 })
    }
}
