/// Builds a message of integers (big-endian), texts and byte strings with their lengths in front.
@usableFromInline
package struct ByteWriter: Sendable {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    // Inlined, here and in the reader: what is generic in a running program makes tables of types in memory of its own.
    @inlinable
    package mutating func put<Value: FixedWidthInteger>(_ value: Value) {
        put(UInt64(truncatingIfNeeded: value), size: Value.bitWidth / 8)
    }

    /// The last `size` bytes of `number`.
    @usableFromInline
    mutating func put(_ number: UInt64, size: Int) {
        for place in (0..<size).reversed() { bytes.append(UInt8(truncatingIfNeeded: number >> (UInt64(place) * 8))) }
    }

    package mutating func put(_ value: Bool) { put(UInt8(value ? 1 : 0)) }

    /// - Precondition: fewer than 4 GiB.
    package mutating func put(_ value: [UInt8]) {
        put(UInt32(value.count))
        bytes.append(contentsOf: value)
    }

    package mutating func put(_ text: String) { put(Array(text.utf8)) }

    @inlinable
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
@usableFromInline
package struct ByteReader: Sendable {
    @usableFromInline
    package struct Malformed: Error, Hashable {
        @usableFromInline
        package init() {}
    }

    private var rest: ArraySlice<UInt8>

    package init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    package init(_ bytes: [UInt8]) { self.init(bytes[...]) }

    package var isAtEnd: Bool { rest.isEmpty }

    @usableFromInline
    var restCount: Int { rest.count }

    @inlinable
    package mutating func integer<Value: FixedWidthInteger>(_: Value.Type = Value.self) throws(Malformed) -> Value {
        Value(truncatingIfNeeded: try number(size: Value.bitWidth / 8))
    }

    @usableFromInline
    mutating func number(size: Int) throws(Malformed) -> UInt64 {
        guard rest.count >= size else { throw Malformed() }
        defer { rest = rest.dropFirst(size) }
        return rest.prefix(size).reduce(0) { $0 << 8 | UInt64($1) }
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

    @inlinable
    package mutating func list<Element>(
        _ each: (inout ByteReader) throws(Malformed) -> Element
    ) throws(Malformed) -> [Element] {
        let count = Int(try integer(UInt32.self))
        // Each element takes a byte at least, so a wild count is seen before anything is allocated.
        guard count <= restCount else { throw Malformed() }
        var elements: [Element] = []
        for _ in 0..<count { elements.append(try each(&self)) }
        return elements
    }

    package mutating func dictionary() throws(Malformed) -> [String: String] {
        let pairs = try list { (reader) throws(Malformed) in (try reader.text(), try reader.text()) }
        return Dictionary(pairs, uniquingKeysWith: { $1 })
    }
}
