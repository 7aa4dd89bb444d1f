/// A small text file as people have it: with a byte-order mark, in UTF-16, with Windows line ends.
struct SourceText {
    /// The byte that is neither UTF-8 nor part of a UTF-16 file.
    struct Unreadable: Error, Equatable {
        /// Counted from 0, in the file as it is.
        var offset: Int
        var byte: UInt8
    }

    /// Lines without their ends; a missing last line end makes no difference.
    let lines: [Substring]
    let text: String

    init(_ bytes: [UInt8]) throws(Unreadable) {
        let decoded: String
        if bytes.starts(with: [0xFF, 0xFE]) {
            decoded = Self.utf16(bytes.dropFirst(2)) { UInt16($0) | UInt16($1) << 8 }
        } else if bytes.starts(with: [0xFE, 0xFF]) {
            decoded = Self.utf16(bytes.dropFirst(2)) { UInt16($0) << 8 | UInt16($1) }
        } else if Self.looksLikeUTF16(bytes, zeroAt: 1) {
            decoded = Self.utf16(bytes[...]) { UInt16($0) | UInt16($1) << 8 }
        } else if Self.looksLikeUTF16(bytes, zeroAt: 0) {
            decoded = Self.utf16(bytes[...]) { UInt16($0) << 8 | UInt16($1) }
        } else {
            let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
            if let zero = content.firstIndex(of: 0) { throw Unreadable(offset: zero, byte: 0) }
            guard let valid = String(validating: content, as: UTF8.self) else {
                let offset = Self.firstInvalidByte(in: content)
                throw Unreadable(offset: offset, byte: bytes[offset])
            }
            decoded = valid
        }
        text = decoded
        var lines = decoded.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
        if lines.last == "" { lines.removeLast() }
        self.lines = lines
    }

    /// An ASCII text without a mark shows itself by a NUL in each second place.
    private static func looksLikeUTF16(_ bytes: [UInt8], zeroAt: Int) -> Bool {
        guard bytes.count >= 4, bytes.count.isMultiple(of: 2) else { return false }
        return bytes.indices.allSatisfy { (bytes[$0] == 0) == ($0 % 2 == zeroAt) }
    }

    private static func utf16(_ bytes: ArraySlice<UInt8>, _ unit: (UInt8, UInt8) -> UInt16) -> String {
        let units = stride(from: bytes.startIndex, to: bytes.endIndex - 1, by: 2).map { unit(bytes[$0], bytes[$0 + 1]) }
        return String(decoding: units, as: UTF16.self)
    }

    private static func firstInvalidByte(in bytes: ArraySlice<UInt8>) -> Int {
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var offset = bytes.startIndex
        while case .scalarValue(let scalar) = decoder.decode(&iterator) { offset += UTF8.width(scalar) }
        return min(offset, bytes.endIndex - 1)
    }
}
