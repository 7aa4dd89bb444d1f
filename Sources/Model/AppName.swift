/// An app's name; once you hold one, it is valid and nobody needs to check again.
package struct AppName: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    /// - Throws: ``InvalidAppName`` unless `text` is 3 to 30 of `a-z`, `0-9` and `-`, starts with a
    ///   letter and does not end with a dash. Source: the published Platform API schema, `app.name`.
    package init(_ text: String) throws(InvalidAppName) {
        let bytes = Array(text.utf8)
        func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
        func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
        guard bytes.count <= 30 else { throw .tooLong }
        guard bytes.count >= 3 else { throw .tooShort }
        guard let first = bytes.first, let last = bytes.last, isLetter(first), isLetter(last) || isDigit(last),
            bytes.allSatisfy({ isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "-") })
        else { throw .malformed }
        self.text = text
    }

    package var description: String { text }
}

/// Why a text is no app name. The messages are Heroku's.
package enum InvalidAppName: Explained {
    case malformed
    case tooLong
    case tooShort

    package var explanation: Explanation {
        switch self {
        case .malformed:
            Explanation(
                "Name must start with a letter, end with a letter or digit and can only contain lowercase letters,"
                    + " digits, and dashes.")
        case .tooLong: Explanation("Name is too long (maximum is 30 characters)")
        case .tooShort: Explanation("Name is too short (minimum is 3 characters)")
        }
    }
}
