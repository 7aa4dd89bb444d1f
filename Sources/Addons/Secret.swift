internal import HTTPSecure
internal import Posix

/// Names and passwords that nobody can guess, of letters and digits that need no quoting in any URL.
enum Secret {
    /// - Parameter bytes: of randomness; there are twice as many digits.
    static func make(_ bytes: Int) throws -> String { try RandomBytes.hexadecimal(bytes) }

    /// The secret of a file, which is made when it is not there yet.
    static func keep(in file: String) throws -> String {
        if let text = try? FileTree.readText(file, limit: 256), !text.isEmpty {
            return String(text.prefix { !$0.isNewline })
        }
        let secret = try make(32)
        try FileTree.write(Array("\(secret)\n".utf8), to: file)
        return secret
    }

    /// Compares every byte, so that the time it takes tells nothing.
    static func areEqual(_ left: String, _ right: String) -> Bool {
        guard left.utf8.count == right.utf8.count else { return false }
        return zip(left.utf8, right.utf8).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
