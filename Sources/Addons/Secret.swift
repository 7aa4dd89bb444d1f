internal import HTTPSecure

/// Names and passwords that nobody can guess, of letters and digits that need no quoting in any URL.
enum Secret {
    /// - Parameter bytes: of randomness; there are twice as many digits.
    static func make(_ bytes: Int) throws -> String { try RandomBytes.hexadecimal(bytes) }
}
